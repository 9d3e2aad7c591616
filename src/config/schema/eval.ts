import * as v from 'valibot';
import { parseDuration } from '../../core/duration.js';
import { CHECK_TIMEOUT, EVAL } from '../../core/limits.js';
import { about, between, dollars, span, text, wholeBetween } from './parts.js';

/** Runs under way at once, at most. */
const MOST_AT_ONCE = 256;

const TIME = 'a duration above 0, such as 30s or 5m';
const time = v.pipe(
  span,
  v.check((value) => (parseDuration(value) ?? 0) > 0, TIME),
);

/** How `mom eval` evaluates. */
export const evaluation = v.strictObject({
  judge: about(
    v.union(
      [text, v.pipe(v.array(text, 'a list of model ids'), v.minLength(1, 'a list of at least one model id'))],
      'a model id, or a list of them',
    ),
    'Who compares answers where nothing else tells which is right: a model id, or several. Best of a family that does not take part.',
  ),
  max_cost: about(dollars, `Cap of a whole evaluation in US dollars. Default: ${EVAL.maxCost}, which unknown prices pass.`),
  concurrency: about(wholeBetween(1, MOST_AT_ONCE), `Runs under way at once. Default: ${EVAL.concurrency}.`),
  margin: about(between(0, 100), `Points by which a contestant may be worse and still counts as not worse. Default: ${EVAL.margin}.`),
  check: about(
    text,
    'Command that ends with 0 where an answer is right; a shell runs it in a copy of `check_folder`. Its own variables are written `$NAME`. Guarded in project files.',
  ),
  check_folder: about(
    text,
    'Folder that `check` gets a copy of; a path in a file counts from the folder of that file. Default: the working directory. Guarded in project files.',
  ),
  check_timeout: about(time, `Limit of one check. Default: ${CHECK_TIMEOUT / 1_000}s.`),
});

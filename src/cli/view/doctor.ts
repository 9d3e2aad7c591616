import type { Check, Verdict } from '../../app/doctor/check.js';
import type { LiveAnswer, LiveEstimate } from '../../app/doctor/live.js';
import { formatDuration } from '../../core/duration.js';
import { formatCost, formatMost } from './price.js';
import { oneLine } from './sanitize.js';
import type { Screen } from './screen.js';
import { type Style, styleOf } from './style.js';
import { wrapped } from './table.js';

/** Width of a verdict with the space behind it. */
const MARGIN = 6;

/** A line for each check, what to do below it, and a sum at the end; folded where the terminal is narrower. */
export function doctorText(checks: readonly Check[], live: readonly LiveAnswer[] | null, screen: Screen): string {
  const style = styleOf(screen.color);
  const lines = [...checks, ...(live ?? []).map(liveCheck)].flatMap((check) => checkLines(check, screen, style));
  return [...lines, '', sumOf([...checks, ...(live ?? []).map(liveCheck)]), ''].join('\n');
}

/** What a check of the doctor's is for people: a model that was asked is one as well. */
type Shown = Pick<Check, 'verdict' | 'message' | 'fix'>;

function checkLines({ verdict, message, fix }: Shown, { columns }: Screen, style: Style): string[] {
  const width = columns === null ? Number.POSITIVE_INFINITY : Math.max(columns - MARGIN, MARGIN);
  const [first = '', ...more] = wrapped(oneLine(message), width);
  const advice = fix === null ? [] : wrapped(oneLine(`fix: ${fix}`), width);
  const mark = paintOf(verdict, style)(verdict) + ' '.repeat(MARGIN - verdict.length);
  return [mark + first, ...[...more, ...advice].map((line) => ' '.repeat(MARGIN) + line)];
}

function paintOf(verdict: Verdict, style: Style): (text: string) => string {
  return { ok: style.green, warn: style.yellow, fail: style.red }[verdict];
}

function sumOf(shown: readonly Shown[]): string {
  const count = (verdict: Verdict) => shown.filter((check) => check.verdict === verdict).length;
  const [fails, warns] = [count('fail'), count('warn')];
  if (fails === 0 && warns === 0) return 'all is well';
  return [...(fails > 0 ? [`${fails} to mend`] : []), ...(warns > 0 ? [`${warns} worth a look`] : [])].join(', ');
}

/** What a model's answer says of it. */
function liveCheck({ id, error, first_token_ms, duration_ms, cost_usd, cost_source }: LiveAnswer): Shown {
  if (error !== null) return { verdict: 'fail', message: `${id} did not answer: ${error.message}`, fix: error.hint };
  const first = first_token_ms === null ? '' : `, first token after ${formatDuration(first_token_ms)}`;
  const took = duration_ms === null ? '' : ` in ${formatDuration(duration_ms)}`;
  return { verdict: 'ok', message: `${id} answered${took}${first}, ${formatCost(cost_usd, cost_source)}`, fix: null };
}

/** What is said before anybody is asked. */
export function estimateText({ models, usd, unpriced }: LiveEstimate): string {
  const question = `asking ${models} ${models === 1 ? 'model' : 'models'} one short question`;
  const rest = unpriced.length === 0 ? '' : `; no price is known of ${unpriced.join(', ')}`;
  return unpriced.length === models ? `${question}${rest}` : `${question}, for at most ${formatMost(usd)}${rest}`;
}

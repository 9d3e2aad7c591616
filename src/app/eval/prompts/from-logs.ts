import { createHash } from 'node:crypto';
import { MomError } from '../../../core/error.js';
import type { EvalPrompt } from '../../../core/eval/prompt.js';
import type { History, StoredRun } from '../../../core/history.js';
import type { Message } from '../../../core/message.js';
import type { Warning } from '../../../core/run.js';
import { drawSample } from '../../../eval/reading/draw-sample.js';
import { type HistoryPlace, openHistory } from '../../history.js';
import { kindOf } from './kind.js';

export interface LogsWish {
  since: Date | null;
  sample: number | null;
  seed: number;
  sandbox: boolean;
}

/**
 * Questions of earlier runs of the shell and the gateway, each once, with the conversation before it. Left out are runs
 * whose texts were not kept, and those that offered tools or asked for a form: their answers can't be compared.
 * @throws MomError `no_input` where there is none, `store_failed`
 */
export async function* promptsFromLogs(place: HistoryPlace, wish: LogsWish): AsyncGenerator<EvalPrompt> {
  const history = await openHistory(place);
  try {
    const counted = countQuestions(history, wish);
    tellOfLeftOut(counted, place.onNote);
    if (counted.questions === 0) throw noQuestions(wish);
    const drawn = wish.sample === null ? null : drawSample(counted.questions, wish.sample, wish.seed);
    let index = 0;
    for (const run of questions(history, wish, () => {})) {
      if (drawn === null || drawn.has(index)) yield toPrompt(run);
      index += 1;
    }
  } finally {
    history.close();
  }
}

interface Counted {
  questions: number;
  withoutText: number;
  bound: number;
}

function countQuestions(history: History, wish: LogsWish): Counted {
  const counted: Counted = { questions: 0, withoutText: 0, bound: 0 };
  for (const _ of questions(history, wish, (why) => (counted[why] += 1))) counted.questions += 1;
  return counted;
}

/** Once over the history; what is remembered of a question is a hash. */
function* questions(history: History, { since, sandbox }: LogsWish, leftOut: (why: 'withoutText' | 'bound') => void): Generator<StoredRun> {
  const seen = new Set<string>();
  for (const run of history.all(since)) {
    const { origin, content, messages } = run;
    if ((origin.door !== 'ask' && origin.door !== 'serve') || origin.sandbox !== sandbox) continue;
    if (!content) {
      leftOut('withoutText');
      continue;
    }
    if (origin.tools || origin.format !== null) {
      leftOut('bound');
      continue;
    }
    const asked = conversation(messages);
    const mark = createHash('sha256').update(JSON.stringify(asked)).digest('base64');
    if (asked.length === 0 || seen.has(mark)) continue;
    seen.add(mark);
    yield run;
  }
}

/** Up to the last turn of the user's. */
function conversation(messages: readonly Message[]): readonly Message[] {
  return messages.slice(0, messages.findLastIndex(({ role }) => role === 'user') + 1);
}

function toPrompt({ summary, messages }: StoredRun): EvalPrompt {
  const asked = conversation(messages);
  return { id: summary.id, messages: asked, reference: null, kind: kindOf(asked), answer_file: null };
}

function tellOfLeftOut({ withoutText, bound }: Counted, onNote: (note: Warning) => void): void {
  if (withoutText > 0) {
    onNote({ code: 'texts_not_kept', message: `${runs(withoutText)} left out: only numbers were kept of them (log.content)` });
  }
  if (bound > 0) onNote({ code: 'bound_runs', message: `${runs(bound)} left out: they offered tools or asked for a form` });
}

function runs(count: number): string {
  return count === 1 ? '1 run is' : `${count} runs are`;
}

function noQuestions({ since, sandbox }: LogsWish): MomError {
  const when = since === null ? '' : ` since ${since.toISOString().slice(0, 10)}`;
  return new MomError('no_input', `the history holds no question${when} that can be asked again`, {
    hint: sandbox
      ? 'with --sandbox only questions count that were asked with --sandbox; name a file of prompts'
      : 'ask something with `mom ask` first, go further back (--since), or name a file of prompts',
  });
}

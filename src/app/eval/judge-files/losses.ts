import type { EvalData } from '../../../core/eval/data.js';
import type { LossReport } from '../../../core/eval/report.js';
import { EVAL } from '../../../core/limits.js';
import { messageText } from '../../../core/message.js';
import type { Given } from '../../../eval/reading/given-table.js';
import { type Loss, worstLosses } from '../../../eval/report/index.js';
import type { Pairs } from './pairs.js';

/** Why the winner is better, where somebody says it. */
export type Explain = (pair: NonNullable<ReturnType<Pairs['pair']>>) => Promise<string | null>;

/**
 * Where the first contestant of the files lost most clearly: to the baseline, or where it is the baseline to the second one.
 * None where the files hold no texts.
 */
export async function lossesOf(pairs: Pairs, data: EvalData, explain: Explain): Promise<LossReport[]> {
  const loser = 0;
  const winner = pairs.baseline === loser ? 1 : pairs.baseline;
  if (winner >= data.contestants.length) return [];
  const reports = worstLosses(data, loser, winner, EVAL.losses).map((loss) => lossReport(pairs, data, loss, explain));
  return (await Promise.all(reports)).filter((report) => report !== null);
}

async function lossReport(pairs: Pairs, data: EvalData, { prompt, a, b }: Loss, explain: Explain): Promise<LossReport | null> {
  const pair = pairs.pair(prompt, a, b);
  if (pair === null) return null;
  const { id, messages, reference } = pair.prompt;
  const kind = data.prompts[prompt]?.kind ?? 'other';
  return { prompt: id, kind, question: questionOf(messages), reference, loser: pair.a, winner: pair.b, reason: await explain(pair) };
}

function questionOf(messages: NonNullable<Given['prompts'][number]['messages']>): string {
  const last = messages.findLast(({ role }) => role === 'user');
  return last === undefined ? '' : messageText(last);
}

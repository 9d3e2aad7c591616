import { formatDuration } from '../../core/duration.js';
import type { CallRecord, RunResult } from '../../core/run.js';
import { isFirstAnswer } from '../../observe/level.js';
import { formatCount, totalCost } from './price.js';

/** `3/3 models · 14 s · 6.2k tokens · $0.11 reported`; `from the cache · 12 ms · $0.00` */
export function closingLine(result: RunResult): string {
  const tokens = result.usage.input_tokens + result.usage.output_tokens;
  const parts = [result.answer_source === 'cache' ? 'from the cache' : whoAnswered(result), formatDuration(result.duration_ms)];
  if (tokens > 0) parts.push(`${formatCount(tokens)} tokens`);
  parts.push(totalCost(result));
  if (result.status !== 'complete') parts.push(result.status);
  return parts.join(' · ');
}

/** `2/3 models`, or `2 of 3 models, settled` where nobody failed and the others were not needed. */
function whoAnswered(result: RunResult): string {
  const proposers = result.proposals.filter(isFirstAnswer);
  const panel = proposers.length > 0 ? proposers : writersOf(result.calls);
  const answered = panel.filter((call) => call.status === 'answered').length;
  const spared = panel.filter((call) => call.status === 'cancelled' || (call.status === 'skipped' && call.error === null)).length;
  const noun = result.strategy === 'self' && proposers.length > 0 ? 'sample' : 'model';
  const models = panel.length === 1 ? noun : `${noun}s`;
  const settled = endsEarly(result) && result.status === 'complete' && spared > 0 && answered + spared === panel.length;
  return settled ? `${answered} of ${panel.length} ${models}, settled` : `${answered}/${panel.length} ${models}`;
}

function endsEarly({ strategy }: RunResult): boolean {
  return strategy === 'vote' || strategy === 'cascade';
}

/** Who was asked for the answer where nobody proposes; a draft and its repair are one model's. */
function writersOf(calls: readonly CallRecord[]): readonly CallRecord[] {
  const writers = new Map<string, CallRecord>();
  for (const call of calls) {
    const key = `${call.provider} ${call.model}`;
    if (call.kind === 'critic' && writers.get(key)?.status !== 'answered') writers.set(key, call);
  }
  return [...writers.values()];
}

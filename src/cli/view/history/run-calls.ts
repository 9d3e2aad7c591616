import type { CallRecord, RunResult } from '../../../core/run.js';

/** Calls that were made, in the order they started, and proposers that were never asked. */
export function allCalls({ calls, proposals }: RunResult): CallRecord[] {
  return [...calls, ...proposals.filter(({ id }) => !calls.some((call) => call.id === id))];
}

/** Taken from an earlier run, and paid for there. */
export function isKept({ status, attempts }: Pick<CallRecord, 'status' | 'attempts'>): boolean {
  return status === 'answered' && attempts === 0;
}

/** The model whose text the answer is; null where that is nobody. */
export function writerOf({ answer_source, critic, proposals }: RunResult): string | null {
  if (answer_source === 'critic') return critic?.model ?? null;
  return proposals.find(({ id }) => answer_source === `proposal:${id}`)?.model ?? null;
}

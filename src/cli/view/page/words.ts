import type { CallRecord, RunResult, RunStatus } from '../../../core/run.js';
import { isKept } from '../history/run-calls.js';
import { formatCost, formatCount } from '../price.js';
import { timeText } from '../words.js';

/** What a value that nobody knows is shown as. */
const UNKNOWN = 'unknown';

/** What a value that can't be is shown as. */
export const NOTHING = '–';

/** What became of a call, as it is drawn. */
export type CallState = 'answered' | 'failed' | 'cut' | 'kept' | 'skipped';

export function stateOf(call: CallRecord): CallState {
  if (isKept(call)) return 'kept';
  return call.status === 'cancelled' ? 'cut' : call.status;
}

/** Never by colour alone: each has a sign of its own. */
export const STATE_SIGNS: Readonly<Record<CallState, string>> = { answered: '✓', failed: '✕', cut: '‖', kept: '↺', skipped: '○' };

export const STATE_WORDS: Readonly<Record<CallState, string>> = {
  answered: 'answered',
  failed: 'failed',
  cut: 'cut',
  kept: 'kept from an earlier run',
  skipped: 'not asked',
};

export const STATUS_SIGNS: Readonly<Record<RunStatus, string>> = { complete: '✓', degraded: '◐', failed: '✕', cancelled: '■' };

/** A page may be read anywhere: `2026-01-31 08:15:00 UTC`. */
export function utcText(iso: string): string {
  return `${iso.slice(0, 19).replace('T', ' ')} UTC`;
}

/** Of a call that was made in this run. */
export function callTime(call: CallRecord, ms: number | null): string {
  const wasMade = stateOf(call) !== 'skipped' && stateOf(call) !== 'kept';
  return ms === null || !wasMade ? NOTHING : timeText(ms);
}

export function callTokens(call: CallRecord, which: 'input_tokens' | 'output_tokens'): string {
  if (call.usage === null) return call.status === 'skipped' ? NOTHING : UNKNOWN;
  return formatCount(call.usage[which]);
}

/** Of all calls; what nobody knows is not counted as nothing. */
export function sumTokens({ calls, usage }: RunResult, which: 'input_tokens' | 'output_tokens'): string {
  const made = calls.filter((call) => !isKept(call));
  const known = made.filter((call) => call.usage !== null).length;
  if (known === 0 && made.length > 0) return UNKNOWN;
  return `${known < made.length ? 'at least ' : ''}${formatCount(usage[which])}`;
}

/** `739 read, 239 written` */
export function readAndWritten(read: string, written: string): string {
  return read === UNKNOWN && written === UNKNOWN ? UNKNOWN : `${read} read, ${written} written`;
}

/** An unknown price is never 0, and one of the sandbox never dollars. */
export function callCost(call: CallRecord, isSandbox: boolean): string {
  const state = stateOf(call);
  if (state === 'skipped') return NOTHING;
  if (state === 'kept') return 'paid before';
  return isSandbox ? 'simulated' : formatCost(call.cost_usd, call.cost_source);
}

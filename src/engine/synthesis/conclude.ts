import { MomError } from '../../core/error.js';
import type { CallRecord } from '../../core/run.js';
import { isCancelled, type RunContext, stopReason } from '../context.js';
import { answered, failed, type Outcome } from '../outcome.js';
import type { Written } from './write.js';

/**
 * The outcome of having the answer written. Once a character was visible there is no way back: the partial text goes
 * with the error, never another's text behind it.
 * @param asPlanned whether an answer by this call is what was planned, or a fallback
 * @param otherwise what is left when nobody could write and nothing has gone out
 */
export function conclude(ctx: RunContext, written: Written, asPlanned: (record: CallRecord) => boolean, otherwise: () => Outcome): Outcome {
  const { record } = written;
  if (record && written.ok) {
    ctx.writer.whole('critic', record.model, record.text ?? '', record.tool_calls);
    return answered(record, 'critic', asPlanned(record));
  }
  if (record && ctx.writer.visible) return failed(stopReason(ctx) ?? cutOff(record), ctx.writer.shown, 'critic');
  const stopped = stopReason(ctx);
  if (stopped && isCancelled(ctx)) return failed(stopped);
  return otherwise();
}

function cutOff(record: CallRecord): MomError {
  const { error } = record;
  const asCritic = 'ask again, or ask without streaming (--json, -o, stream: false), where another critic can take over';
  // Under a cap another critic could not go on either.
  const next = error?.code === 'cost_cap' ? error.hint : asCritic;
  return new MomError(error?.code ?? 'stream_broken', `the answer is cut off: ${error?.message ?? 'it broke off'}`, {
    hint: `what was shown is not the whole answer; ${next}`,
  });
}

import { MAX_CRITIC_RETRY_AFTER } from '../../core/limits.js';
import type { Member } from '../../core/mixture.js';
import type { CallRecord } from '../../core/run.js';
import { type Ask, callModel } from '../call/call.js';
import { whyFailed } from '../call/why-failed.js';
import { type RunContext, stopReason } from '../context.js';

/** What a member is asked to write from; without tools unless it says so. */
export type Prompt = Pick<Ask, 'messages' | 'tools' | 'stable'>;

/** What became of the attempt to have the answer written. */
export interface Written {
  /** The last call made or refused for want of money; null when there was none. */
  record: CallRecord | null;
  /** All of them, the last one included. */
  tried: CallRecord[];
  /** True when `record` is a whole answer. */
  ok: boolean;
}

/**
 * Has the answer written by the first member that can: the next one takes over while nothing of the answer has gone
 * out. Stops at the first visible character and when the run is over; one that costs more than what is left is passed over.
 * @param prompt what one member is asked, made when its turn comes
 * @param id of a member's call, where it writes more than once in a run
 */
export async function write(
  ctx: RunContext,
  members: readonly Member[],
  prompt: (member: Member) => Prompt,
  id: (member: Member) => string = (member) => member.id,
): Promise<Written> {
  const tried: CallRecord[] = [];
  for (const [i, member] of members.entries()) {
    if (stopReason(ctx)) break;
    const hasNext = i < members.length - 1;
    const record = await ask(ctx, member, id(member), prompt(member), hasNext);
    tried.push(record);
    if (record.status === 'answered') return { record, tried, ok: true };
    if (ctx.writer.visible) return { record, tried, ok: false };
    ctx.writer.reset();
    // Where a single model is asked, or money is short for the last one, the end of the run says the same.
    const isWholeRun = ctx.plan.proposers.length === 0 && members.length === 1;
    const saidLater = record.status === 'skipped' && !hasNext;
    if (!stopReason(ctx) && !isWholeRun && !saidLater)
      ctx.recorder.warn('writer_failed', `${member.model} could not write the answer: ${whyFailed(record)}`);
  }
  return { record: tried.at(-1) ?? null, tried, ok: false };
}

function ask(ctx: RunContext, member: Member, id: string, prompt: Prompt, hasNext: boolean): Promise<CallRecord> {
  return callModel(ctx, {
    ...prompt,
    id,
    kind: 'critic',
    member,
    layer: 0,
    record: prompt.messages === ctx.request.messages ? null : prompt.messages,
    params: { ...member.params, ...ctx.request.params, ...ctx.request.writerParams },
    format: ctx.request.format ?? null,
    signal: ctx.signal,
    maxRetryAfter: hasNext ? MAX_CRITIC_RETRY_AFTER : null,
    canRestart: () => !ctx.writer.visible,
    onText: (text) => ctx.writer.push('critic', member.model, text),
    onRestart: () => ctx.writer.reset(),
  });
}

import { MAX_CRITIC_RETRY_AFTER } from '../core/limits.js';
import type { Message } from '../core/message.js';
import type { Member } from '../core/mixture.js';
import type { CallRecord } from '../core/run.js';
import { callModel } from './call.js';
import { type RunContext, stopReason } from './context.js';
import { capError } from './spend.js';

/** What became of the attempt to have the answer written. */
export interface Written {
  /** The last call made; null when none was. */
  record: CallRecord | null;
  /** Every call made, the last one included. */
  tried: CallRecord[];
  /** True when `record` is a whole answer. */
  ok: boolean;
}

/**
 * Has the answer written by the first member that can: the next one takes over while nothing of the answer has gone
 * out. Stops at the first visible character, at the cap, and when the run is over.
 * @param prompt the messages for one member, made when its turn comes
 */
export async function write(ctx: RunContext, members: readonly Member[], prompt: (member: Member) => readonly Message[]): Promise<Written> {
  const tried: CallRecord[] = [];
  for (const [i, member] of members.entries()) {
    if (stopReason(ctx) || capError(ctx)) break;
    const record = await ask(ctx, member, prompt(member), i < members.length - 1);
    tried.push(record);
    if (record.status === 'answered') return { record, tried, ok: true };
    if (ctx.writer.visible) return { record, tried, ok: false };
    ctx.writer.reset();
    // Where a single model is asked, the run's own error says the same.
    const isWholeRun = ctx.plan.proposers.length === 0 && members.length === 1;
    if (!stopReason(ctx) && !isWholeRun)
      ctx.recorder.warn('writer_failed', `${member.model} could not write the answer: ${record.error?.message ?? 'no reason given'}`);
  }
  return { record: tried.at(-1) ?? null, tried, ok: false };
}

function ask(ctx: RunContext, member: Member, messages: readonly Message[], hasNext: boolean): Promise<CallRecord> {
  return callModel(ctx, {
    kind: 'critic',
    member,
    layer: 0,
    messages,
    record: messages === ctx.request.messages ? null : messages,
    params: { ...member.params, ...ctx.request.params, ...ctx.request.writerParams },
    signal: ctx.signal,
    maxRetryAfter: hasNext ? MAX_CRITIC_RETRY_AFTER : null,
    canRestart: () => !ctx.writer.visible,
    onText: (text) => ctx.writer.push('critic', member.model, text),
    onRestart: () => ctx.writer.reset(),
  });
}

import { callErrorInfo, type MomError, toMomError } from '../core/error.js';
import type { Message } from '../core/message.js';
import type { Member } from '../core/mixture.js';
import type { SamplingParams } from '../core/model.js';
import type { CallEvent, CallRequest } from '../core/model-client.js';
import type { CallKind, CallRecord } from '../core/run.js';
import { CallMeter } from './call-meter.js';
import type { RunContext } from './context.js';

/** One question to one member, as a stage of a run asks it. */
export interface Ask {
  kind: CallKind;
  member: Member;
  layer: number;
  messages: readonly Message[];
  /** What of `messages` is worth recording: null when it is the conversation as it came. */
  record: readonly Message[] | null;
  params: SamplingParams;
  signal: AbortSignal;
  maxRetryAfter: number | null;
  canRestart: () => boolean;
  onText: (text: string) => void;
  /** The text so far is void. */
  onRestart: () => void;
}

/**
 * Makes one call and tells the run about it. A failure is a value: the record says what happened, nothing is thrown.
 */
export async function callModel(ctx: RunContext, ask: Ask): Promise<CallRecord> {
  const { member } = ask;
  const meter = new CallMeter(() => ctx.recorder.elapsed());
  const identity = {
    id: member.id,
    kind: ask.kind,
    model: member.model,
    provider: member.provider,
    family: member.family,
    role: member.role?.name ?? null,
    layer: ask.layer,
  };
  ctx.recorder.emit({ type: 'call.start', call: identity, messages: ask.record });
  const error = await drive(ctx, ask, meter);
  const status = error === null ? 'answered' : ask.signal.aborted ? 'cancelled' : 'failed';
  const record: CallRecord = { ...identity, ...meter.measured(error), status, error: error && callErrorInfo(error) };
  ctx.recorder.emit({ type: 'call.end', call: record });
  if (record.cost_source === 'unknown' && meter.generationId !== null) ctx.bills.lookUp(record, meter.generationId);
  return record;
}

/** Reads the call to its end; null when it ended well. An answer that was whole when the call was cut is an answer. */
async function drive(ctx: RunContext, ask: Ask, meter: CallMeter): Promise<MomError | null> {
  try {
    for await (const event of ctx.client.call(toRequest(ctx, ask))) {
      meter.apply(event);
      tell(ctx, ask, event);
    }
    return ask.signal.aborted && !meter.complete ? toMomError(ask.signal.reason) : null;
  } catch (error) {
    if (!ask.signal.aborted) return toMomError(error);
    return meter.complete ? null : toMomError(ask.signal.reason);
  }
}

function toRequest(ctx: RunContext, ask: Ask): CallRequest {
  const { member } = ask;
  return {
    provider: member.provider,
    model: member.model,
    messages: ask.messages,
    params: ask.params,
    extraBody: member.extraBody,
    privacy: member.privacy,
    timeouts: member.timeouts,
    retries: ctx.plan.mixture.retries,
    maxRetryAfter: ask.maxRetryAfter,
    canRestart: ask.canRestart,
    signal: ask.signal,
  };
}

function tell(ctx: RunContext, ask: Ask, event: CallEvent): void {
  const call_id = ask.member.id;
  switch (event.type) {
    case 'text':
      ctx.recorder.emit({ type: 'call.delta', call_id, channel: 'text', text: event.text });
      ask.onText(event.text);
      break;
    case 'reasoning':
      ctx.recorder.emit({ type: 'call.delta', call_id, channel: 'reasoning', text: event.text });
      break;
    case 'restart':
      ctx.recorder.emit({ type: 'call.restart', call_id, attempt: event.attempt, error: event.error, delay_ms: event.delayMs });
      ask.onRestart();
      break;
    case 'warning':
      ctx.recorder.warn(event.code, event.message);
      break;
  }
}

import type { AnswerFormat } from '../../core/answer-format.js';
import { callErrorInfo, isMomError, type MomError, toMomError } from '../../core/error.js';
import type { Message } from '../../core/message.js';
import type { Member } from '../../core/mixture.js';
import type { SamplingParams } from '../../core/model.js';
import type { CallEvent, CallRequest, StablePrefix } from '../../core/model-client.js';
import { type CallKind, type CallRecord, NOT_MADE } from '../../core/run.js';
import type { ToolOffer } from '../../core/tool.js';
import type { RunContext } from '../context.js';
import type { Tab } from '../money/tab.js';
import { type Tariff, tariffOf } from '../money/tariff.js';
import { toolsCalled } from '../tools/called-tools.js';
import { CallMeter } from './call-meter.js';
import { takenParams } from './parameters.js';

/** One question to one member, as a stage of a run asks it. */
export interface Ask {
  /** Unique in the run. @default the member's id */
  id?: string;
  kind: CallKind;
  member: Member;
  layer: number;
  messages: readonly Message[];
  /** What of `messages` is worth recording: null when it is the conversation as it came. */
  record: readonly Message[] | null;
  params: SamplingParams;
  /** Tools that it may call. @default none */
  tools?: ToolOffer | null;
  /** The form that its answer must have. @default any */
  format?: AnswerFormat | null;
  /** What later prompts are likely to begin with too. @default nothing is marked */
  stable?: StablePrefix | null;
  /** Output tokens expected at most, where less than a whole answer is asked for; the planned call says the same. @default as the mixture expects */
  output?: number;
  signal: AbortSignal;
  maxRetryAfter: number | null;
  canRestart: () => boolean;
  onText: (text: string) => void;
  /** The text so far is void. */
  onRestart: () => void;
}

/** Of an ask, whose call it is. */
type Who = Pick<Ask, 'id' | 'kind' | 'member' | 'layer'>;

/**
 * Makes one call and tells the run about it. A failure is a value: the record says what happened, nothing is thrown.
 * A call that the run's money does not allow is not made: its record is `skipped`, with the reason as its error.
 */
export async function callModel(ctx: RunContext, ask: Ask): Promise<CallRecord> {
  const tariff = tariffOfAsk(ctx, ask);
  const tab = ctx.purse.under(ctx.plan.mixture).open(tariff);
  if (isMomError(tab)) return skipCall(ctx, ask, tab);
  const meter = new CallMeter(tariff, () => ctx.recorder.elapsed());
  const identity = identityOf(ask);
  ctx.recorder.emit({ type: 'call.start', call: identity, messages: ask.record });
  const broken = await drive(ctx, ask, meter, tab);
  const called = broken ?? toolsCalled({ ...meter.said, model: ask.member.model }, circumstances(ctx, ask));
  const error = isMomError(called) ? called : null;
  const status = error === null ? 'answered' : ask.signal.aborted ? 'cancelled' : 'failed';
  const record: CallRecord = {
    ...identity,
    ...meter.measured(error, ask.signal.aborted),
    ...(isMomError(called) ? {} : called),
    status,
    error: error && callErrorInfo(error),
  };
  ctx.recorder.emit({ type: 'call.end', call: record });
  if (meter.attempts.some((attempt) => attempt.billable !== null)) ctx.bills.lookUp(record, meter.attempts, (usd) => tab.settle(usd));
  else tab.settle(record.cost_usd);
  return record;
}

/** A call that is not made, as a record: it is told, and stands in no sum. */
export function skipCall(ctx: RunContext, ask: Who, reason: MomError): CallRecord {
  const call: CallRecord = { ...identityOf(ask), ...NOT_MADE, error: callErrorInfo(reason) };
  ctx.recorder.emit({ type: 'call.skipped', call });
  return call;
}

/** What the price list says of a call. */
export function tariffOfAsk(ctx: RunContext, ask: Pick<Ask, 'member' | 'messages' | 'params' | 'output' | 'tools' | 'format'>): Tariff {
  const { member, messages, params, output = null, tools = null, format = null } = ask;
  return tariffOf(ctx.catalog, ctx.plan.mixture, member, messages, params, { output, tools, format });
}

/**
 * Reads the call to its end, or until the run's money is up; null when it ended well. An answer that was whole when
 * the call was cut is an answer.
 */
async function drive(ctx: RunContext, ask: Ask, meter: CallMeter, tab: Tab): Promise<MomError | null> {
  try {
    for await (const event of ctx.client.call(toRequest(ctx, ask))) {
      meter.apply(event);
      tell(ctx, ask, event);
      const stopped = tab.cover(meter.outputTokens, meter.costBefore);
      if (stopped) throw stopped;
    }
    return ask.signal.aborted && !meter.complete ? toMomError(ask.signal.reason) : null;
  } catch (error) {
    if (!ask.signal.aborted) return toMomError(error);
    return meter.complete ? null : toMomError(ask.signal.reason);
  }
}

function circumstances({ request, drawNonce }: RunContext, { tools = null }: Ask) {
  return { offer: tools, conversation: request.messages, drawNonce };
}

function identityOf(ask: Who) {
  const { member } = ask;
  return {
    id: callId(ask),
    kind: ask.kind,
    model: member.model,
    provider: member.provider,
    family: member.family,
    role: member.role?.name ?? null,
    layer: ask.layer,
  };
}

/** By which a call is known in its run. */
export function callId({ id, member }: Who): string {
  return id ?? member.id;
}

function toRequest(ctx: RunContext, ask: Ask): CallRequest {
  const { member } = ask;
  return {
    provider: member.provider,
    model: member.model,
    messages: ask.messages,
    params: takenParams(ctx, member, ask.params),
    tools: ask.tools ?? null,
    format: ask.format ?? null,
    stable: ask.stable ?? null,
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
  const call_id = callId(ask);
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

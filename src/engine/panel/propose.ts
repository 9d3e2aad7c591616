import type { Message } from '../../core/message.js';
import type { Member } from '../../core/mixture.js';
import type { SamplingParams } from '../../core/model.js';
import type { CallRecord } from '../../core/run.js';
import { type Ask, callId, skipCall } from '../call/call.js';
import { whyFailed } from '../call/why-failed.js';
import type { RunContext } from '../context.js';
import { proposerMessages, stablePrompt } from '../tools/conversation.js';
import { askTogether } from './ask-together.js';
import { type Cutters, createCutters, notNeeded } from './cutters.js';
import { keptProposal } from './kept.js';
import type { WaitRule } from './quorum.js';
import { fitPanel } from './shrink.js';
import { sendsProposals } from './verbatim.js';

/** What the proposers brought, in config order. */
export interface Panel {
  proposals: CallRecord[];
  /** Those with a text; where proposals go out as they stand, and some have the form that was asked for, only these. */
  usable: CallRecord[];
}

/** One round of questions to several members at once. What is left out: all proposers of the plan, as the mixture waits. */
export interface Round {
  members?: readonly Member[];
  /** @default 1 */
  layer?: number;
  /** What one member is asked. @default the conversation, in the member's role */
  messages?: (member: Member) => readonly Message[];
  /** Id of a member's call. @default the member's id, from the second layer on with the layer: `p1.2` */
  id?: (member: Member) => string;
  /** Parameters that win over the member's own; the same for all, or each its own. */
  params?: SamplingParams | ((member: Member) => SamplingParams);
  /** What starts the grace of those who are late. @default the mixture's */
  quorum?: WaitRule['quorum'];
  /** Asked after each usable proposal: true when no other one is needed; those under way are cut. */
  enough?: (usable: readonly CallRecord[]) => boolean;
}

/**
 * Asks all members of a round at once and returns when the wait is over: all have settled, or the quorum's grace has
 * run out, or enough is known, or the run was stopped. Whoever is late then is cut upstream and has settled when this
 * returns. Members that the run's money does not suffice for are left out before anybody is asked; once it is spent,
 * calls of unknown price, for which nothing could be set aside, are cut. A proposal that the request has kept from an
 * earlier run stands for its call: nobody is asked, nothing is paid, and it counts as answered from the start.
 */
export async function propose(ctx: RunContext, round: Round = {}): Promise<Panel> {
  const { members = ctx.plan.proposers } = round;
  const cutters = createCutters(members, ctx.signal);
  const asks = members.map((member) => toAsk(ctx, member, round, cutters.signalOf(member)));
  const fits = formRule(ctx, round);
  const there = takeKept(ctx, round, asks, fits);
  const others = isEnough(round, there) ? skipOthers(ctx, asks, there) : await askOthers(ctx, round, { asks, there, fits }, cutters);
  cutters.close();
  return tellPanel(ctx, inOrder(asks, [...there.values(), ...others]), fits);
}

/** Answers that a round has from the start, by who would have been asked for them. */
type Kept = ReadonlyMap<Ask, CallRecord>;

function isEnough({ enough }: Round, there: Kept): boolean {
  return there.size > 0 && enough?.([...there.values()]) === true;
}

function skipOthers(ctx: RunContext, asks: readonly Ask[], there: Kept): CallRecord[] {
  return asks.filter((ask) => !there.has(ask)).map((ask) => skipCall(ctx, ask, notNeeded('not asked')));
}

/** Asks those whose answer is not there yet, as far as the money goes. */
async function askOthers(
  ctx: RunContext,
  { quorum = ctx.plan.mixture.quorum, enough }: Round,
  { asks, there, fits }: { asks: readonly Ask[]; there: Kept; fits: (record: CallRecord) => boolean },
  cutters: Cutters,
): Promise<CallRecord[]> {
  const open = asks.filter((ask) => !there.has(ask));
  const { kept: asked, leftOut } = fitPanel(ctx, open, [...there.values()]);
  const members = asks.filter((ask) => there.has(ask) || asked.includes(ask)).map((ask) => ask.member);
  const rule = { members, quorum, grace: ctx.plan.mixture.grace };
  const counts = (record: CallRecord) => isUsable(record) && fits(record);
  const answers = await askTogether(ctx, { asked, there, rule, counts, enough }, cutters);
  return [...answers, ...leftOut];
}

/** What was kept, and can be used, of a round that asks the question itself; what other rounds ask depends on the run. */
function takeKept(ctx: RunContext, round: Round, asks: readonly Ask[], fits: (record: CallRecord) => boolean): Kept {
  const there = new Map<Ask, CallRecord>();
  if (round.messages) return there;
  for (const ask of asks) {
    const record = keptProposal(ctx.request, ask);
    if (!record || !fits(record)) continue;
    there.set(ask, record);
    ctx.recorder.emit({ type: 'call.kept', call: record });
  }
  return there;
}

/** True where what a member says may go out as it stands, and so must have the form that was asked for. */
function isBound({ plan }: RunContext, round: Round): boolean {
  return round.messages === undefined && sendsProposals(plan.strategy);
}

function formRule(ctx: RunContext, round: Round): (record: CallRecord) => boolean {
  const format = isBound(ctx, round) ? ctx.format : null;
  return (record) => format === null || format.check(record.text ?? '').json !== null;
}

function toAsk(ctx: RunContext, member: Member, round: Round, signal: AbortSignal): Ask {
  const { layer = 1 } = round;
  const messages = round.messages?.(member) ?? proposerMessages(ctx, member);
  const own = typeof round.params === 'function' ? round.params(member) : round.params;
  return {
    id: round.id?.(member) ?? (layer > 1 ? `${member.id}.${layer}` : member.id),
    kind: 'proposer',
    member,
    layer,
    messages,
    record: messages === ctx.request.messages ? null : messages,
    stable: round.messages ? null : stablePrompt(ctx, messages),
    params: { ...member.params, ...ctx.request.params, ...own },
    format: isBound(ctx, round) ? (ctx.request.format ?? null) : null,
    signal,
    maxRetryAfter: null,
    canRestart: () => true,
    onText: () => {},
    onRestart: () => {},
  };
}

/** Records as their asks stand in the config. */
function inOrder(asks: readonly Ask[], records: readonly CallRecord[]): CallRecord[] {
  const byId = new Map(records.map((record) => [record.id, record]));
  return asks.flatMap((ask) => byId.get(callId(ask)) ?? []);
}

function tellPanel(ctx: RunContext, proposals: CallRecord[], fits: (record: CallRecord) => boolean): Panel {
  const usable = proposals.filter(isUsable);
  const fitting = usable.filter(fits);
  const failed = proposals.filter((record) => record.status === 'failed');
  for (const record of failed) ctx.recorder.warn('proposer_failed', `${record.model} gave no answer: ${whyFailed(record)}`);
  if (fitting.length > 0) {
    for (const record of usable.filter((each) => !fitting.includes(each)))
      ctx.recorder.warn('format_mismatch', `the answer of ${record.model} is not ${ctx.format?.demand}: it is left out`);
  }
  ctx.recorder.emit({
    type: 'proposals',
    answered: usable.length,
    failed: failed.length,
    cut: proposals.filter((record) => record.status === 'cancelled').length,
  });
  return { proposals, usable: fitting.length > 0 ? fitting : usable };
}

/** True for an answer that has text. */
export function isUsable(record: CallRecord): boolean {
  return record.status === 'answered' && record.text !== null && record.text.trim() !== '';
}

import { formatDuration } from '../../core/duration.js';
import { MomError } from '../../core/error.js';
import type { Message } from '../../core/message.js';
import type { Member } from '../../core/mixture.js';
import type { SamplingParams } from '../../core/model.js';
import type { CallRecord } from '../../core/run.js';
import { type Ask, callId, callModel, skipCall, tariffOfAsk } from '../call/call.js';
import type { RunContext } from '../context.js';
import { proposerMessages, stablePrompt } from '../tools/conversation.js';
import { keptProposal } from './kept.js';
import { Wait, type WaitRule, type WaitStep } from './quorum.js';
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
  const { mixture } = ctx.plan;
  const { members = ctx.plan.proposers, quorum = mixture.quorum } = round;
  const cutters = new Map(members.map((member) => [member.id, new AbortController()]));
  const asks = members.map((member) => toAsk(ctx, member, round, cutters.get(member.id) as AbortController));
  const fits = formRule(ctx, round);
  const there = takeKept(ctx, round, asks, fits);
  const usable = [...there.values()];
  const open = asks.filter((ask) => !there.has(ask));
  if (there.size > 0 && round.enough?.(usable)) {
    const unasked = open.map((ask) => skipCall(ctx, ask, notNeeded('not asked')));
    return tellPanel(ctx, inOrder(asks, [...there.values(), ...unasked]), fits);
  }
  const { kept: asked, leftOut } = fitPanel(ctx, open, [...there.values()]);
  const waitedFor = asks.filter((ask) => there.has(ask) || asked.includes(ask));
  const wait = new Wait({ members: waitedFor.map((ask) => ask.member), quorum, grace: mixture.grace });
  const startMs = ctx.recorder.elapsed();
  let stopGrace = () => {};

  const cut = (ids: Iterable<string>, reason: MomError) => {
    for (const id of ids) cutters.get(id)?.abort(reason);
  };
  const stopAll = () => cut(cutters.keys(), ctx.signal.reason as MomError);
  if (ctx.signal.aborted) stopAll();
  else ctx.signal.addEventListener('abort', stopAll, { once: true });
  const follow = (step: WaitStep) => {
    if (step.do === 'done') stopGrace();
    if (step.do !== 'grace') return;
    ctx.recorder.emit({ type: 'quorum', answered: usable.length, waiting_for: step.waitingFor, grace_ms: step.graceMs });
    stopGrace = ctx.clock.after(step.graceMs, () => {
      const over = wait.graceOver();
      if (over.do === 'cut') cut(over.ids, lateError(step.graceMs));
    });
  };

  for (const ask of there.keys()) follow(wait.settled(ask.member.id, true, 0));
  const calls = asked.map(async (ask) => {
    const record = await callModel(ctx, ask);
    const counts = isUsable(record) && fits(record);
    if (counts) usable.push(record);
    follow(wait.settled(ask.member.id, counts, ctx.recorder.elapsed() - startMs));
    if (counts && round.enough?.(usable)) cut(cutters.keys(), notNeeded('cut'));
    const spent = ctx.purse.reached();
    if (spent)
      cut(
        asked.filter((each) => tariffOfAsk(ctx, each).prices === null).map(({ member }) => member.id),
        spent,
      );
    return record;
  });
  const answers = await Promise.all(calls);
  ctx.signal.removeEventListener('abort', stopAll);
  stopGrace();
  return tellPanel(ctx, inOrder(asks, [...there.values(), ...answers, ...leftOut]), fits);
}

/** What was kept, and can be used, of a round that asks the question itself; what other rounds ask depends on the run. */
function takeKept(
  ctx: RunContext,
  round: Round,
  asks: readonly Ask[],
  fits: (record: CallRecord) => boolean,
): ReadonlyMap<Ask, CallRecord> {
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

function toAsk(ctx: RunContext, member: Member, round: Round, cutter: AbortController): Ask {
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
    signal: cutter.signal,
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
  for (const record of failed)
    ctx.recorder.warn('proposer_failed', `${record.model} gave no answer: ${record.error?.message ?? 'no reason given'}`);
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

function lateError(graceMs: number): MomError {
  return new MomError('cancelled', `cut: it had not answered ${formatDuration(graceMs)} after enough others had`, {
    hint: 'raise grace (--grace), or make it required in the config',
  });
}

function notNeeded(what: 'cut' | 'not asked'): MomError {
  return new MomError('cancelled', `${what}: the outcome was settled without it`);
}

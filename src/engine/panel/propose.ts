import { formatDuration } from '../../core/duration.js';
import { MomError } from '../../core/error.js';
import type { Message } from '../../core/message.js';
import type { Member } from '../../core/mixture.js';
import type { SamplingParams } from '../../core/model.js';
import type { CallRecord } from '../../core/run.js';
import { type Ask, callId, callModel, tariffOfAsk } from '../call/call.js';
import { inRole } from '../call/role.js';
import type { RunContext } from '../context.js';
import { Wait, type WaitRule, type WaitStep } from './quorum.js';
import { fitPanel } from './shrink.js';

/** What the proposers brought, in config order. */
export interface Panel {
  proposals: CallRecord[];
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
 * calls of unknown price, for which nothing could be set aside, are cut.
 */
export async function propose(ctx: RunContext, round: Round = {}): Promise<Panel> {
  const { mixture } = ctx.plan;
  const { members = ctx.plan.proposers, quorum = mixture.quorum } = round;
  const cutters = new Map(members.map((member) => [member.id, new AbortController()]));
  const asks = members.map((member) => toAsk(ctx, member, round, cutters.get(member.id) as AbortController));
  const { kept, leftOut } = fitPanel(ctx, asks);
  const wait = new Wait({ members: kept.map((ask) => ask.member), quorum, grace: mixture.grace });
  const startMs = ctx.recorder.elapsed();
  const usable: CallRecord[] = [];
  let stopGrace = () => {};

  const cut = (ids: Iterable<string>, reason: MomError) => {
    for (const id of ids) cutters.get(id)?.abort(reason);
  };
  const follow = (step: WaitStep) => {
    if (step.do === 'done') stopGrace();
    if (step.do !== 'grace') return;
    ctx.recorder.emit({ type: 'quorum', answered: usable.length, waiting_for: step.waitingFor, grace_ms: step.graceMs });
    stopGrace = ctx.clock.after(step.graceMs, () => {
      const over = wait.graceOver();
      if (over.do === 'cut') cut(over.ids, lateError(step.graceMs));
    });
  };

  const calls = kept.map(async (ask) => {
    const record = await callModel(ctx, ask);
    if (isUsable(record)) usable.push(record);
    follow(wait.settled(ask.member.id, isUsable(record), ctx.recorder.elapsed() - startMs));
    if (isUsable(record) && round.enough?.(usable)) cut(cutters.keys(), notNeeded());
    const spent = ctx.purse.reached();
    if (spent)
      cut(
        kept.filter((each) => tariffOfAsk(ctx, each).prices === null).map(({ member }) => member.id),
        spent,
      );
    return record;
  });
  const asked = await Promise.all(calls);
  stopGrace();
  return tellPanel(ctx, inOrder(asks, [...asked, ...leftOut]));
}

function toAsk(ctx: RunContext, member: Member, round: Round, cutter: AbortController): Ask {
  const { layer = 1 } = round;
  const messages = round.messages?.(member) ?? inRole(member, ctx.request.messages);
  const own = typeof round.params === 'function' ? round.params(member) : round.params;
  return {
    id: round.id?.(member) ?? (layer > 1 ? `${member.id}.${layer}` : member.id),
    kind: 'proposer',
    member,
    layer,
    messages,
    record: messages === ctx.request.messages ? null : messages,
    params: { ...member.params, ...ctx.request.params, ...own },
    signal: AbortSignal.any([ctx.signal, cutter.signal]),
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

function tellPanel(ctx: RunContext, proposals: CallRecord[]): Panel {
  const usable = proposals.filter(isUsable);
  const failed = proposals.filter((record) => record.status === 'failed');
  for (const record of failed)
    ctx.recorder.warn('proposer_failed', `${record.model} gave no answer: ${record.error?.message ?? 'no reason given'}`);
  ctx.recorder.emit({
    type: 'proposals',
    answered: usable.length,
    failed: failed.length,
    cut: proposals.filter((record) => record.status === 'cancelled').length,
  });
  return { proposals, usable };
}

/** True for an answer that has text. */
export function isUsable(record: CallRecord): boolean {
  return record.status === 'answered' && record.text !== null && record.text.trim() !== '';
}

function lateError(graceMs: number): MomError {
  return new MomError('cancelled', `cut: it had not answered ${formatDuration(graceMs)} after enough others had`, {
    hint: 'give it longer with --grace, or make it required in the config',
  });
}

function notNeeded(): MomError {
  return new MomError('cancelled', 'cut: the outcome was settled without it');
}

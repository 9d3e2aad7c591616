import type { Member } from '../../core/mixture.js';
import type { Plan } from '../../core/plan.js';
import type { PlannedCall } from '../../core/quote.js';
import { AnswerReader, type Readings } from '../ballot/answer-reader.js';
import { type Ballot, byWeight, count, fewestMore, fewestToSettle, settled, winners } from '../ballot/count.js';
import { skip } from '../call/skipped.js';
import { isCancelled, type RunContext, stopReason } from '../context.js';
import { capError } from '../money/spend.js';
import { answered, failed, type Outcome } from '../outcome.js';
import { isUsable, type Panel, propose } from '../panel/propose.js';
import { answerLimits } from '../panel/verbatim.js';
import { planned, plannedSynthesis } from '../planned.js';
import type { Strategy } from '../strategy.js';
import { synthesize } from '../synthesis/synthesize.js';

/**
 * Compares the canonical answers of the proposals and sends out the best whole proposal of those that win. Only as many
 * are asked as it takes to settle the outcome. Where there is nothing to compare, it goes on as `fuse`.
 *
 * `complete` is a vote of two answers or more that is settled, or in which all were heard, with every required proposer.
 */
export const vote: Strategy = { run, calls };

/** A vote as far as it has come. */
interface Poll {
  panel: Panel;
  /** Null where nothing can be compared. */
  ballot: Ballot | null;
  by: Readings['by'] | null;
}

async function run(ctx: RunContext): Promise<Outcome> {
  const reader = new AnswerReader(ctx);
  if (!reader.usable) return synthesize(ctx, await propose(ctx));
  const poll = await hold(ctx, reader);
  const { panel, ballot } = poll;
  skip(ctx, unasked(ctx.plan, panel), 1);
  const stopped = stopReason(ctx);
  if (stopped && isCancelled(ctx)) return failed(stopped);
  const chosen = ballot && agrees(ctx.plan, poll) ? panel.usable.find((record) => record.id === winners(ballot)[0]) : undefined;
  if (!ballot || !chosen || panel.usable.length < ctx.plan.mixture.minAnswers) {
    if (panel.usable.length > 0 && ballot?.winner === null) reader.warnNothingFound();
    return synthesize(ctx, panel);
  }
  const over = isOver(ctx, poll);
  if (!over) warnUnsettled(ctx, panel);
  const source = `proposal:${chosen.id}` as const;
  ctx.writer.whole(source, chosen.model, chosen.text ?? '');
  return answered(chosen, source, over && hasRequired(ctx.plan, panel));
}

/** Why a vote ends that is not settled; failures have been told of. */
function warnUnsettled(ctx: RunContext, { proposals }: Panel): void {
  const reason = stopReason(ctx) ?? capError(ctx);
  const late = proposals.filter(({ status }) => status === 'cancelled').map(({ model }) => model);
  const why = reason?.message ?? `the vote is not settled without ${late.join(' and ')}, not heard in time`;
  if (reason || late.length > 0) ctx.recorder.warn(reason?.code ?? 'vote_unsettled', `${why}; the answer with most votes so far goes out`);
}

/**
 * Asks until the outcome is settled, or nobody is left to ask, or the run must end. The last of those asked together
 * gets the mixture's grace, so that one that hangs does not keep the others from being asked.
 */
async function hold(ctx: RunContext, reader: AnswerReader): Promise<Poll> {
  let poll: Poll = { panel: { proposals: [], usable: [] }, ballot: null, by: null };
  let next = starters(ctx.plan);
  while (next.length > 0) {
    const { proposals } = poll.panel;
    const members = next;
    const round = await propose(ctx, {
      members,
      quorum: 'all but one',
      params: answerLimits(ctx.request),
      enough: (more) => {
        const now = pollOf(ctx.plan, reader, [...proposals, ...more]);
        return isOver(ctx, now) && hasRequired({ proposers: members }, now.panel);
      },
    });
    poll = pollOf(ctx.plan, reader, [...proposals, ...round.proposals]);
    next = stopReason(ctx) || capError(ctx) || isOver(ctx, poll) ? [] : whoIsNext(ctx.plan, poll);
  }
  return poll;
}

function pollOf({ proposers }: Pick<Plan, 'proposers'>, reader: AnswerReader, records: Panel['proposals']): Poll {
  const proposals = proposers.flatMap(({ id }) => records.find((record) => record.id === id) ?? []);
  const usable = proposals.filter(isUsable);
  const readings = usable.length > 0 ? reader.read(usable) : null;
  return { panel: { proposals, usable }, ballot: readings && count(proposers, readings.answers), by: readings?.by ?? null };
}

/** True when enough have voted and whoever has not been heard, for whatever reason but a failure, can't change the winner. */
function isOver({ plan }: RunContext, poll: Poll): boolean {
  const { ballot, panel } = poll;
  if (!ballot || ballot.answers.size < votesNeeded(plan) || panel.usable.length < plan.mixture.minAnswers) return false;
  const heard = new Set(panel.proposals.filter(({ status }) => status === 'answered' || status === 'failed').map(({ id }) => id));
  const stillOut = new Set(plan.proposers.map(({ id }) => id).filter((id) => !heard.has(id)));
  return agrees(plan, poll) && settled(ballot, stillOut);
}

/** Answers that are only alike in form count as votes where two families say the same: else they are texts to merge. */
function agrees({ proposers }: Plan, { ballot, by }: Poll): boolean {
  if (!ballot || by !== 'form') return ballot !== null;
  const ids = winners(ballot);
  const familiesOf = (members: readonly Member[]) => new Set(members.map((member) => member.family)).size;
  return ids.length >= 2 && familiesOf(proposers.filter(({ id }) => ids.includes(id))) >= Math.min(2, familiesOf(proposers));
}

/** One vote is no vote, unless the mixture starts with one proposer or has no more. */
function votesNeeded({ proposers, mixture }: Plan): number {
  return Math.min(2, proposers.length, mixture.rules.vote.start ?? 2);
}

/** The heaviest first, as many as can settle it; a required proposer is always among them. */
function starters({ proposers, mixture }: Plan): Member[] {
  const n = mixture.rules.vote.start ?? Math.max(fewestToSettle(proposers), mixture.minAnswers);
  const first = new Set(byWeight(proposers).slice(0, n));
  return proposers.filter((member) => member.required || first.has(member));
}

/** The heaviest of those not yet asked: as many as could settle it, or all where nothing has been found to compare. */
function whoIsNext(plan: Plan, { panel, ballot }: Poll): Member[] {
  const left = byWeight(unasked(plan, panel));
  if (left.length === 0 || !ballot || ballot.winner === null) return left;
  const n = Math.max(fewestMore(ballot, left), votesNeeded(plan) - ballot.answers.size, plan.mixture.minAnswers - panel.usable.length);
  return left.slice(0, n);
}

function unasked({ proposers }: Plan, { proposals }: Panel): Member[] {
  const asked = new Set(proposals.map((record) => record.id));
  return proposers.filter(({ id }) => !asked.has(id));
}

function hasRequired({ proposers }: Pick<Plan, 'proposers'>, { usable }: Panel): boolean {
  const ids = new Set(usable.map((record) => record.id));
  return proposers.every((member) => !member.required || ids.has(member.id));
}

function calls(plan: Plan): PlannedCall[] {
  const first = new Set(starters(plan));
  const n = plan.proposers.length;
  return [
    ...plan.proposers.map((member) => planned(member, { certain: first.has(member) })),
    ...plannedSynthesis(plan.writers, n, { certain: false }),
  ];
}

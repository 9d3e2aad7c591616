import { defaultQuorum, type Member } from '../../core/mixture.js';
import type { Plan } from '../../core/plan.js';
import type { PlannedCall } from '../../core/quote.js';
import type { CallRecord } from '../../core/run.js';
import { agreedGroup, groupAnswers, heaviest, type KnownAnswer } from '../ballot/agreement.js';
import { AnswerReader } from '../ballot/answer-reader.js';
import { bestProposal } from '../ballot/best-proposal.js';
import { isSound } from '../ballot/sound.js';
import { skip } from '../call/skipped.js';
import { isCancelled, type RunContext, stopReason } from '../context.js';
import { capError } from '../money/spend.js';
import { answered, failed, type Outcome } from '../outcome.js';
import { type Panel, propose } from '../panel/propose.js';
import { answerLimits } from '../panel/verbatim.js';
import { plannedPanel, plannedSynthesis } from '../planned.js';
import type { Strategy } from '../strategy.js';
import { synthesize } from '../synthesis/synthesize.js';

/** Cheap models first: where two families agree it is done, else a stronger tier is asked, and nothing known is lost. */
export const cascade: Strategy = { run, calls };

/** Two logarithms that should be equal may differ by rounding. */
const ROUNDING = 1e-9;

/** How far a run has come. */
interface Climb {
  /** Every usable answer so far, tier by tier, in config order. */
  known: CallRecord[];
  proposals: CallRecord[];
  /** What the tier asked last brought. */
  last: Panel;
  /** The answer that ended it before its time. */
  sure: CallRecord | null;
  /** The strongest tier was asked, and nobody in it was cut. */
  finished: boolean;
}

async function run(ctx: RunContext): Promise<Outcome> {
  const { mixture } = ctx.plan;
  const compare = comparer(ctx);
  const climb = await askTiers(ctx, compare);
  const { known, proposals, last, sure } = climb;
  const stopped = stopReason(ctx);
  if (stopped && isCancelled(ctx)) return failed(stopped);
  if (sure) return send(ctx, sure, !lacksRequired(ctx, proposals));
  // Without tiers of its own the critic is the stronger one.
  if (!hasTiers(ctx.plan)) return synthesize(ctx, last);
  if (known.length === 0 || known.length < mixture.minAnswers) return synthesize(ctx, { proposals, usable: known });
  const reason = stopped ?? capError(ctx);
  if (reason && !climb.finished) return sendKnown(ctx, known, reason.code, reason.message);
  return decideByLastTier(ctx, climb, compare);
}

/** Asks tier after tier until one answer is sure. */
async function askTiers(ctx: RunContext, compare: Compare): Promise<Climb> {
  const tiers = tiersOf(ctx.plan);
  const climb: Climb = { known: [], proposals: [], last: { proposals: [], usable: [] }, sure: null, finished: false };
  for (const [i, members] of tiers.entries()) {
    if (climb.sure || (i > 0 && (stopReason(ctx) ?? capError(ctx)))) {
      skip(ctx, members, i + 1);
      continue;
    }
    const { known } = climb;
    climb.last = await propose(ctx, {
      members,
      layer: i + 1,
      id: (member) => member.id,
      enough: (usable) => findSure(ctx, compare([...known, ...usable]).answers, usable) !== null,
      // Whoever is last gets the mixture's grace: one that hangs must not hold up the tier.
      ...(hasTiers(ctx.plan) ? { quorum: 'all but one' as const } : {}),
      params: { ...answerLimits(ctx.request), ...(ctx.plan.mixture.rules.cascade.confidence === null ? {} : { logprobs: true }) },
    });
    climb.known = [...known, ...climb.last.usable];
    climb.sure = findSure(ctx, compare(climb.known).answers, climb.last.usable);
    climb.proposals.push(...climb.last.proposals);
    climb.finished = i === tiers.length - 1 && climb.last.proposals.every((record) => record.status !== 'cancelled');
  }
  return climb;
}

/** The answer that needs no further tier: two families agree on it, or its model was confident enough. */
function findSure(ctx: RunContext, known: readonly KnownAnswer[], fresh: readonly CallRecord[]): CallRecord | null {
  const { minAnswers, rules } = ctx.plan.mixture;
  if (known.length < minAnswers) return null;
  const agreed = heaviest(agreedGroup(known.filter(({ record }) => isSound(record, ctx)))?.answers ?? []);
  if (agreed) return agreed.record;
  const threshold = rules.cascade.confidence;
  if (threshold === null) return null;
  const confident = fresh.filter((record) => isSound(record, ctx) && confidenceOf(record) >= threshold - ROUNDING);
  return confident.sort((a, b) => confidenceOf(b) - confidenceOf(a))[0] ?? null;
}

/** No agreement in any tier: the strongest one decides. */
async function decideByLastTier(ctx: RunContext, { known, proposals, last }: Climb, compare: Compare): Promise<Outcome> {
  const { answers, expected } = compare(preferSound(ctx, known));
  const ofLast = answers.filter(({ record }) => last.usable.includes(record));
  const best = heaviest(ofLast);
  if (!best) return sendKnown(ctx, known, 'last_tier_failed', 'no model of the last tier gave an answer');
  const asPlanned = !lacksRequired(ctx, proposals);
  if (ofLast.length === 1) return send(ctx, best.record, asPlanned);
  if (expected && ofLast.some((answer) => answer.value !== null)) return send(ctx, ballot(answers, ofLast).record, asPlanned);
  if (ctx.plan.writers.length === 0) return send(ctx, best.record, asPlanned);
  return synthesize(asPanelOf(ctx, last), { proposals: last.proposals, usable: ofLast.map(({ record }) => record) });
}

/**
 * The value with the most weight; between equals what the last tier says, by its heaviest member and then config order.
 * @param ofLast answers of the last tier, at least one of them with a value
 */
function ballot(answers: readonly KnownAnswer[], ofLast: readonly KnownAnswer[]): KnownAnswer {
  const groups = groupAnswers(answers.filter((answer) => answer.value !== null));
  const most = Math.max(...groups.map((group) => group.weight));
  const leaders = groups.filter((group) => group.weight === most).flatMap((group) => group.answers);
  const voice = heaviest(leaders.filter((answer) => ofLast.includes(answer))) ?? leaders[0];
  return heaviest(leaders.filter(({ value }) => value === voice?.value)) as KnownAnswer;
}

/** The synthesis of one tier, which is then the whole panel. */
function asPanelOf(ctx: RunContext, { proposals }: Panel): RunContext {
  const { plan } = ctx;
  const asked = new Set(proposals.map((record) => record.id));
  const proposers = plan.proposers.filter((member) => asked.has(member.id));
  const mixture = { ...plan.mixture, quorum: defaultQuorum(proposers.length), minAnswers: 1 };
  return { ...ctx, plan: { ...plan, proposers, mixture } };
}

function send(ctx: RunContext, record: CallRecord, asPlanned: boolean): Outcome {
  const source = `proposal:${record.id}` as const;
  ctx.writer.whole(source, record.model, record.text ?? '');
  return answered(record, source, asPlanned);
}

/** The last tier is missing: the best of the others, the later tiers before the earlier ones. */
function sendKnown(ctx: RunContext, known: readonly CallRecord[], code: string, why: string): Outcome {
  ctx.recorder.warn(code, `${why}; the best of the earlier answers goes out`);
  const latestFirst = preferSound(ctx, known).toSorted((a, b) => b.layer - a.layer);
  const best = bestProposal(latestFirst, ctx.plan.proposers, ctx) as CallRecord;
  return send(ctx, best, false);
}

/** True when a required proposer was asked and gave no answer. One that was not needed any more is not missed. */
function lacksRequired(ctx: RunContext, proposals: readonly CallRecord[]): boolean {
  const failures = new Set(proposals.filter((record) => record.status === 'failed').map((record) => record.id));
  return ctx.plan.proposers.some((member) => member.required && failures.has(member.id));
}

/** @returns `expected` false where only the form of the answers made them comparable: they may agree, but none outvotes another. */
type Compare = (records: readonly CallRecord[]) => { answers: KnownAnswer[]; expected: boolean };

/** Makes answers comparable, by the mixture's rule, by what the question asks for, or by the form they all have. */
function comparer(ctx: RunContext): Compare {
  const reader = new AnswerReader(ctx);
  const members = new Map(ctx.plan.proposers.map((member) => [member.id, member]));
  return (records) => {
    const readings = reader.usable ? reader.read(records) : null;
    const said = (id: string) => readings?.answers.get(id) ?? null;
    const answers = records.map((record) => ({ record, member: members.get(record.id) as Member, value: said(record.id) }));
    return { answers, expected: readings !== null && readings.by !== 'form' };
  };
}

function preferSound(ctx: RunContext, known: readonly CallRecord[]): readonly CallRecord[] {
  const sound = known.filter((record) => isSound(record, ctx));
  return sound.length > 0 ? sound : known;
}

function confidenceOf(record: CallRecord): number {
  return record.confidence ?? Number.NEGATIVE_INFINITY;
}

function hasTiers(plan: Plan): boolean {
  return plan.mixture.rules.cascade.tiers.length > 0;
}

/** The tiers with those members that the plan has kept; without tiers of its own, all proposers are one. */
function tiersOf({ mixture, proposers }: Plan): Member[][] {
  const { tiers } = mixture.rules.cascade;
  if (tiers.length === 0) return [[...proposers]];
  const kept = tiers.map((tier) => tier.flatMap(({ id }) => proposers.find((member) => member.id === id) ?? []));
  return kept.filter((tier) => tier.length > 0);
}

function calls(plan: Plan): PlannedCall[] {
  const tiers = tiersOf(plan);
  const asked = tiers.flatMap((tier, i) => plannedPanel(tier, { layer: i + 1, certain: i === 0 }));
  const strongest = tiers.at(-1)?.length ?? 0;
  return strongest < 2 ? asked : [...asked, ...plannedSynthesis(plan.writers, strongest, { certain: false })];
}

import { makeFence } from '../../core/fence.js';
import { type Message, messageText } from '../../core/message.js';
import type { Member } from '../../core/mixture.js';
import type { Plan } from '../../core/plan.js';
import type { PlannedCall } from '../../core/quote.js';
import { NOTHING_TO_ADD } from '../../core/reply-marks.js';
import type { CallRecord } from '../../core/run.js';
import { reviewBlock, reviewInstructions, reviewMergeBlock, reviewMergeInstructions } from '../../prompts/refine.js';
import { inRole } from '../call/role.js';
import { type RunContext, stopReason } from '../context.js';
import type { Outcome } from '../outcome.js';
import { propose } from '../panel/propose.js';
import { planned } from '../planned.js';
import { DRAFT } from '../synthesis/answer-writer.js';
import { makeCandidates } from '../synthesis/candidates.js';
import { conclude } from '../synthesis/conclude.js';
import { stagePrompt } from '../synthesis/critic-prompt.js';
import { warnOmitted } from '../synthesis/prompts.js';
import { saysMark } from '../synthesis/reply-mark.js';
import { write } from '../synthesis/write.js';
import { withoutTools } from '../tools/without-tools.js';
import { isWhole, keepDraft, stoppedWith, writersOf } from './draft.js';

const STAYS = 'the last answer stays as it is';

/**
 * Rounds in which all proposers supplement and correct the last answer and the critic puts in what holds up. A plan
 * without proposers has its writer review its own answer. A round in which nobody has anything to add ends it; a round
 * that fails does too, and leaves the last answer.
 */
export async function refine(ctx: RunContext, draft: Outcome): Promise<Outcome> {
  const { refine: rounds } = ctx.plan.mixture;
  let answer = draft;
  for (let round = 1; round <= rounds; round++) {
    const stopped = stoppedWith(ctx, answer, STAYS);
    if (stopped) return stopped;
    const reviews = await review(ctx, answer, round);
    if (reviews === null || stopReason(ctx)) return failedRound(ctx, answer, round, 'no model has reviewed the answer');
    if (reviews.length === 0) return answer;
    // Only what no other round follows may be shown while it is written.
    const next = await rewrite(round < rounds ? { ...ctx, writer: DRAFT } : ctx, answer, reviews, round);
    if (next.error !== null || next.answer === answer.answer) return next;
    answer = next;
  }
  return answer;
}

/** The calls of all rounds. Only the first reviews are certain: nobody may have anything to add. */
export function refineCalls(plan: Plan): PlannedCall[] {
  const { mixture, proposers } = plan;
  const writers = plan.writers.length > 0 ? plan.writers : proposers;
  const reviewers = proposers.length > 0 ? proposers : writers.slice(0, 1);
  return Array.from({ length: mixture.refine }, (_, i) => i + 1).flatMap((round) => [
    ...reviewers.map((member) =>
      planned(member, {
        id: reviewId(member, round),
        layer: layerOf(round),
        // Without a critic there may be no single answer.
        certain: round === 1 && plan.writers.length > 0,
        reads: { least: 1, most: 1 },
      }),
    ),
    ...writers.slice(0, 1).map((member) =>
      planned(member, {
        id: rewriteId(member, round, reviewers),
        kind: 'critic',
        layer: 0,
        certain: false,
        reads: { least: 2, most: 1 + reviewers.length },
      }),
    ),
  ]);
}

/** What the reviewers found; null when none of them answered. */
async function review(ctx: RunContext, answer: Outcome, round: number): Promise<CallRecord[] | null> {
  const { usable } = await propose(ctx, {
    members: reviewersOf(ctx, answer),
    layer: layerOf(round),
    id: (member) => reviewId(member, round),
    messages: (member) => reviewPrompt(ctx, answer, member),
  });
  return usable.length === 0 ? null : usable.filter((record) => !saysMark(record.text ?? '', NOTHING_TO_ADD));
}

/** The answer with the reviews put in; the last one where that does not come about. */
async function rewrite(ctx: RunContext, last: Outcome, reviews: readonly CallRecord[], round: number): Promise<Outcome> {
  const writers = writersOf(ctx, last);
  const reviewers = reviewersOf(ctx, last);
  const id = (member: Member) => rewriteId(member, round, reviewers);
  const written = await write(ctx, writers, (critic) => ({ messages: rewritePrompt(ctx, last, reviews, critic) }), id);
  const { record } = written;
  if (record && written.ok && !ctx.writer.visible && !isWhole(record))
    return failedRound(ctx, last, round, `what ${record.model} wrote is empty or cut off`);
  return conclude(
    ctx,
    written,
    (by) => last.status === 'complete' && by.id === id(writers[0] as Member),
    () => failedRound(ctx, last, round, 'no critic could put the reviews into the answer'),
  );
}

function failedRound(ctx: RunContext, last: Outcome, round: number, why: string): Outcome {
  return stoppedWith(ctx, last, STAYS) ?? keepDraft(ctx, last, 'refine_failed', `round ${round} of refining failed: ${why}; ${STAYS}`);
}

function reviewPrompt(ctx: RunContext, { answer }: Outcome, member: Member): readonly Message[] {
  const conversation = withoutTools(ctx.request.messages);
  const draft = answer ?? '';
  const fence = makeFence([draft, ...conversation.map(messageText)], ctx.drawNonce);
  const block = reviewBlock({ nonce: fence.nonce, data: fence.wrap('1', draft, 'draft') });
  return inRole(member, stagePrompt(reviewInstructions(), conversation, block));
}

function rewritePrompt(ctx: RunContext, { answer }: Outcome, reviews: readonly CallRecord[], critic: Member): readonly Message[] {
  const conversation = withoutTools(ctx.request.messages);
  const draft = answer ?? '';
  const texts = makeCandidates(reviews, [...conversation, { role: 'assistant', content: draft }], critic.context, ctx.random);
  warnOmitted(ctx, critic, texts);
  const fence = makeFence([draft, ...texts.map(({ text }) => text), ...conversation.map(messageText)], ctx.drawNonce);
  const data = [fence.wrap('draft', draft), ...texts.map(({ label, text }) => fence.wrap(label, text, 'review'))].join('\n\n');
  return inRole(critic, stagePrompt(reviewMergeInstructions(), conversation, reviewMergeBlock({ nonce: fence.nonce, data })));
}

/** The proposers; where the plan has none, the writer reviews its own answer. */
function reviewersOf(ctx: RunContext, answer: Outcome): readonly Member[] {
  const { proposers } = ctx.plan;
  return proposers.length > 0 ? proposers : writersOf(ctx, answer).slice(0, 1);
}

/** A round stands above the layer that made the draft: 2 is the first. */
function layerOf(round: number): number {
  return 1 + round;
}

function reviewId({ id }: Member, round: number): string {
  return `${id}.r${round}`;
}

/** Who reviews and writes in one round needs two ids. */
function rewriteId(member: Member, round: number, reviewers: readonly Member[]): string {
  const isReviewer = reviewers.some(({ id }) => id === member.id);
  return `${member.id}.${isReviewer ? 'w' : 'r'}${round}`;
}

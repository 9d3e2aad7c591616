import type { Member } from '../../core/mixture.js';
import type { CallRecord } from '../../core/run.js';
import { isCancelled, type RunContext, stopReason } from '../context.js';
import { capError } from '../money/spend.js';
import { failed, type Outcome } from '../outcome.js';
import { memberId } from '../panel/member-id.js';
import { isUsable } from '../panel/propose.js';

/** The call whose text an answer is; null when none made it. */
export function authorOf(ctx: RunContext, { answer_source }: Outcome): CallRecord | null {
  const ended = ctx.recorder.fold.ended();
  if (answer_source === 'critic') return ended.findLast((call) => call.kind === 'critic' && call.status === 'answered') ?? null;
  return ended.find((call) => answer_source === `proposal:${call.id}`) ?? null;
}

/**
 * Who may write a draft anew, in order of preference: the critics, the one who wrote it first. Without a critic the
 * proposer it comes from.
 */
export function writersOf(ctx: RunContext, draft: Outcome): readonly Member[] {
  const { writers, proposers } = ctx.plan;
  const author = authorOf(ctx, draft);
  const isAuthor = (member: Member) => author !== null && member.id === memberId(author.id);
  if (writers.length === 0) return proposers.filter(isAuthor);
  return [...writers.filter(isAuthor), ...writers.filter((member) => !isAuthor(member))];
}

/** What becomes of a draft when the run was stopped or its money is up; null while it can go on. */
export function stoppedWith(ctx: RunContext, draft: Outcome, consequence: string): Outcome | null {
  const reason = stopReason(ctx) ?? capError(ctx);
  if (!reason) return null;
  if (isCancelled(ctx)) return failed(reason, ctx.writer.shown, draft.answer_source);
  return keepDraft(ctx, draft, reason.code, `${reason.message}; ${consequence}`);
}

/** The draft is the answer, though more was planned. */
export function keepDraft(ctx: RunContext, draft: Outcome, code: string, message: string): Outcome {
  ctx.recorder.warn(code, message);
  return { ...draft, status: 'degraded' };
}

/** False for a text that is worse than the draft it is to replace: an empty one, or one cut by its length limit. */
export function isWhole(record: CallRecord): boolean {
  return isUsable(record) && record.finish_reason !== 'length';
}

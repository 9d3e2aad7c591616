import type { VerifyRule } from '../core/mixture.js';
import type { RunContext } from './context.js';
import type { Outcome } from './outcome.js';
import { classify } from './plan/classify.js';
import { authorOf } from './review/draft.js';
import { refine } from './review/refine.js';
import { verify } from './review/verify.js';
import { strategies } from './strategies/index.js';
import { DRAFT } from './synthesis/answer-writer.js';

/** From the plan to the outcome: route, answer, refine, verify. */
export async function pipeline(undecided: RunContext): Promise<Outcome> {
  const ctx = await classify(undecided);
  const drafted = await answer(ctx);
  const refined = await refineStage(ctx, drafted);
  const verified = await verifyStage(ctx, refined);
  publish(ctx, verified);
  return verified;
}

/** Without a proposer that was required no answer is what was planned, whatever the others bring. */
async function answer(ctx: RunContext): Promise<Outcome> {
  const { strategy, mixture, missing } = ctx.plan;
  const outcome = await strategies[strategy].run(mixture.refine > 0 ? { ...ctx, writer: DRAFT } : beforeVerify(ctx));
  return missing.length > 0 && outcome.status === 'complete' ? { ...outcome, status: 'degraded' } : outcome;
}

async function refineStage(ctx: RunContext, draft: Outcome): Promise<Outcome> {
  const { refine: rounds } = ctx.plan.mixture;
  return rounds > 0 && isDraft(ctx, draft, 'refine') ? refine(beforeVerify(ctx), draft) : draft;
}

async function verifyStage(ctx: RunContext, draft: Outcome): Promise<Outcome> {
  const { verify: rule } = ctx.plan.mixture;
  if (!rule || !isDraft(ctx, draft, 'verify')) return draft;
  publish(beforeVerify(ctx), draft);
  return verify(ctx, rule, draft);
}

/** What is written before the check is shown only where a stream is told to show the draft. */
function beforeVerify(ctx: RunContext): RunContext {
  const { verify: rule } = ctx.plan.mixture;
  return rule && !showsDraft(ctx, rule) ? { ...ctx, writer: DRAFT } : ctx;
}

function showsDraft({ request }: RunContext, { show }: VerifyRule): boolean {
  return request.stream && show === 'draft';
}

/** True when there is a whole answer that a later stage can work on. */
function isDraft(ctx: RunContext, outcome: Outcome, stage: 'refine' | 'verify'): boolean {
  if (outcome.error !== null) return false;
  if (outcome.answer === null)
    ctx.recorder.warn(`nothing_to_${stage}`, `there is no single answer to ${stage}: the proposals go out as they are`);
  return outcome.answer !== null;
}

/** A whole answer that no stage has shown yet. */
function publish(ctx: RunContext, outcome: Outcome): void {
  const { answer, answer_source, error } = outcome;
  if (answer === null || answer_source === null || error !== null) return;
  ctx.writer.whole(answer_source, authorOf(ctx, outcome)?.model ?? null, answer);
}

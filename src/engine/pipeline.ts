import type { VerifyRule } from '../core/mixture.js';
import type { RunContext } from './context.js';
import type { Outcome } from './outcome.js';
import { authorOf } from './review/draft.js';
import { loadStrategy } from './strategies/load.js';
import { DRAFT } from './synthesis/answer-writer.js';

/** From the plan to the outcome: route, answer, refine, verify, conform. What most runs do without is loaded when it is wanted. */
export async function pipeline(undecided: RunContext): Promise<Outcome> {
  const ctx = await routeStage(undecided);
  const unseen = beforeConform(ctx);
  const drafted = await answer(unseen);
  const refined = await refineStage(unseen, drafted);
  const verified = await verifyStage(unseen, refined);
  const conformed = await conformStage(unseen, verified);
  publish(ctx, conformed);
  return conformed;
}

async function routeStage(ctx: RunContext): Promise<RunContext> {
  if (ctx.plan.classifier === null) return ctx;
  const { classify } = await import('./plan/classify.js');
  return classify(ctx);
}

/** Without a proposer that was required no answer is what was planned, whatever the others bring. */
async function answer(ctx: RunContext): Promise<Outcome> {
  const { mixture, missing } = ctx.plan;
  const strategy = await loadStrategy(ctx.plan.strategy);
  const outcome = await strategy.run(mixture.refine > 0 ? { ...ctx, writer: DRAFT } : beforeVerify(ctx));
  return missing.length > 0 && outcome.status === 'complete' ? { ...outcome, status: 'degraded' } : outcome;
}

async function refineStage(ctx: RunContext, draft: Outcome): Promise<Outcome> {
  const { refine: rounds } = ctx.plan.mixture;
  if (rounds === 0 || !isDraft(ctx, draft, 'refine')) return draft;
  const { refine } = await import('./review/refine.js');
  return refine(beforeVerify(ctx), draft);
}

async function verifyStage(ctx: RunContext, draft: Outcome): Promise<Outcome> {
  const { verify: rule } = ctx.plan.mixture;
  if (!rule || !isDraft(ctx, draft, 'verify')) return draft;
  publish(beforeVerify(ctx), draft);
  const { verify } = await import('./review/verify.js');
  return verify(ctx, rule, draft);
}

async function conformStage(ctx: RunContext, draft: Outcome): Promise<Outcome> {
  if (!ctx.format || !isDraft(ctx, draft, 'check')) return draft;
  const { conform } = await import('./format/conform.js');
  return conform(ctx, ctx.format, draft);
}

/** Where a form is asked for, nothing is shown that may not have it. */
function beforeConform(ctx: RunContext): RunContext {
  return ctx.format ? { ...ctx, writer: DRAFT } : ctx;
}

/** What is written before the check is shown only where a stream is told to show the draft. */
function beforeVerify(ctx: RunContext): RunContext {
  const { verify: rule } = ctx.plan.mixture;
  return rule && !showsDraft(ctx, rule) ? { ...ctx, writer: DRAFT } : ctx;
}

function showsDraft({ request }: RunContext, { show }: VerifyRule): boolean {
  return request.stream && show === 'draft';
}

/** True when there is a whole answer that a later stage can work on. A tool that is called is none: its result comes first. */
function isDraft(ctx: RunContext, outcome: Outcome, stage: 'refine' | 'verify' | 'check'): boolean {
  if (outcome.error !== null || outcome.tool_calls.length > 0) return false;
  if (outcome.answer === null)
    ctx.recorder.warn(`nothing_to_${stage}`, `there is no single answer to ${stage}: the proposals go out as they are`);
  return outcome.answer !== null;
}

/** A whole answer that no stage has shown yet. */
function publish(ctx: RunContext, outcome: Outcome): void {
  const { answer, tool_calls, answer_source, error } = outcome;
  if (answer_source === null || error !== null) return;
  ctx.writer.whole(answer_source, authorOf(ctx, outcome)?.model ?? null, answer ?? '', tool_calls);
}

import type { Plan } from '../core/plan.js';
import type { PlannedCall } from '../core/quote.js';
import type { RunContext } from './context.js';
import type { Outcome } from './outcome.js';

/** How proposals become an answer. */
export interface Strategy {
  /** Never throws for what a model or provider does: that is an outcome. */
  run(ctx: RunContext): Promise<Outcome>;
  /** The calls a run may make when nothing fails, for the price before it is paid. */
  calls(plan: Plan): PlannedCall[];
}

import { MomError } from '../core/error.js';
import type { RunContext } from './context.js';

/**
 * Why no further call may start under the run's cap, null when one may. Counts what the finished calls have cost as
 * the providers reported it.
 */
export function capError(ctx: RunContext): MomError | null {
  const cap = ctx.plan.mixture.maxCost;
  if (!cap) return null;
  const cost = ctx.recorder.fold.cost();
  if (cost.usd !== null && cost.usd > 0 && cost.usd >= cap.usd) {
    return new MomError('cost_cap', `the cap of $${cap.usd} is reached: $${cost.usd} spent`, { hint: 'raise it with --max-cost' });
  }
  if (cap.setByUser && ctx.recorder.fold.hasUnpricedAnswer()) {
    return new MomError('cost_cap', `a call of unknown price was made, so the cap of $${cap.usd} can't be held`, {
      hint: 'leave the cap away for providers that report no cost',
    });
  }
  return null;
}

/** How far a run went over its cap, null when it did not: a call that is under way can cost more than what was left. */
export function overspend(ctx: RunContext): string | null {
  const cap = ctx.plan.mixture.maxCost;
  const { usd } = ctx.recorder.fold.cost();
  return cap && usd !== null && usd > cap.usd ? `the run cost $${usd}, more than its cap of $${cap.usd}` : null;
}

import type { MomError } from '../../core/error.js';
import type { RunContext } from '../context.js';

/** Why money kept a run from doing all it wanted: a call that was refused or stopped, or a cap that is reached; null while all goes well. */
export function capError(ctx: RunContext): MomError | null {
  return ctx.purse.refusal ?? ctx.purse.reached();
}

/** How far a run went over its cap, null when it did not: providers bill what they count, which can be more than was estimated. */
export function overspend(ctx: RunContext): string | null {
  const { cap } = ctx.purse;
  const { usd } = ctx.recorder.fold.cost();
  return cap && usd !== null && usd > cap.usd ? `the run cost $${usd}, more than its cap of $${cap.usd}` : null;
}

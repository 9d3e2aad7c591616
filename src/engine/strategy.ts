import type { RunContext } from './context.js';
import type { Outcome } from './outcome.js';

/** How proposals become an answer. Never throws for what a model or provider does: that is an outcome. */
export type Strategy = (ctx: RunContext) => Promise<Outcome>;

import { MomError } from '../core/error.js';
import type { Plan } from '../core/plan.js';
import type { RunRequest } from '../core/run.js';

/** Decides what a run will do. Asks nobody. */
export function route(request: RunRequest): Plan {
  const { mixture } = request;
  const reason = `strategy '${mixture.strategy}' of mixture '${mixture.name}'`;
  if (mixture.strategy === 'single') {
    const writers = mixture.single ? [mixture.single] : mixture.critics.slice(0, 1);
    if (writers.length === 0) {
      throw new MomError('config_invalid', `mixture '${mixture.name}' has no model for strategy 'single'`, {
        hint: 'give it `single:` or `critic:`, or name a model with -m',
      });
    }
    return { mixture, strategy: 'single', reason, proposers: [], writers };
  }
  if (mixture.proposers.length === 0) {
    throw new MomError('config_invalid', `mixture '${mixture.name}' has no proposers`, {
      hint: 'give it `proposers:`, or name models with -m',
    });
  }
  return { mixture, strategy: mixture.strategy, reason, proposers: mixture.proposers, writers: mixture.critics };
}

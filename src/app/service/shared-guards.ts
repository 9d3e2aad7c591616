import { createThoughts } from '../../client/answer/thoughts.js';
import { createBreakers } from '../../client/failing/breaker.js';
import { createRetryBudget } from '../../client/failing/retry-budget.js';
import type { ServiceOptions } from './open-service.js';

/** What all services of a process share: what it has learnt of failing models, and what models thought, a reload of the configuration does not take away. */
export function createSharedGuards(): Required<Pick<ServiceOptions, 'breakers' | 'retryBudget' | 'thoughts'>> {
  return { breakers: createBreakers(), retryBudget: createRetryBudget(), thoughts: createThoughts() };
}

import { createBreakers } from '../client/breaker.js';
import { createRetryBudget } from '../client/retry-budget.js';
import { createThoughts } from '../client/thoughts.js';
import type { ServiceOptions } from './open-service.js';

/** What all services of a process share: what it has learnt of failing models, and what models thought, a reload of the configuration does not take away. */
export function createSharedGuards(): Required<Pick<ServiceOptions, 'breakers' | 'retryBudget' | 'thoughts'>> {
  return { breakers: createBreakers(), retryBudget: createRetryBudget(), thoughts: createThoughts() };
}

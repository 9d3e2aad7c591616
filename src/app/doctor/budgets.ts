import type { BudgetState } from '../../observe/metrics/metrics.js';
import { type BudgetedSettings, budgetStates } from '../budgets/key-budgets.js';
import type { Memory } from '../memory.js';
import { type Check, fail, ok, warn } from './check.js';

/** What is left of the budgets of all runs, and of those of the gateway's keys. */
export function examineBudgets(settings: BudgetedSettings, memory: Memory): Check[] {
  const ofAll = new Set(['day', 'month']);
  return budgetStates(settings, memory).map(({ name, limit, left }: BudgetState) => {
    const sums = `$${Math.max(0, left).toFixed(2)} of $${limit.toFixed(2)}`;
    if (left > 0) return ok('budget', `${sums} left for the ${name}`);
    const verdict = ofAll.has(name) ? fail : warn;
    return verdict(
      'budget',
      `the budget of the ${name} is used up ($${limit.toFixed(2)})`,
      `wait for the next ${name.split(' ').at(-1)}, or raise it`,
    );
  });
}

import { createHash } from 'node:crypto';
import type { ServeKey, Settings } from '../../config/wishes.js';
import type { Budget } from '../../core/budget.js';
import type { BudgetState } from '../../observe/metrics/metrics.js';
import type { BudgetHolder } from '../../store/spending.js';
import type { Memory } from '../memory.js';

/** Names a key for good, whatever its owner is called, and does not tell it. */
export function keyId({ key }: ServeKey): string {
  return `key ${createHash('sha256').update(key).digest('hex').slice(0, 32)}`;
}

/** Those keys that have a budget of their own. */
export function budgetHolders(keys: readonly ServeKey[]): BudgetHolder[] {
  return keys
    .filter(({ budget }) => budget.day !== null || budget.month !== null)
    .map((key) => ({ id: keyId(key), name: `key ${key.name}`, ...key.budget }));
}

/** Of the settings, what says who may spend how much. */
export interface BudgetedSettings {
  budget: Settings['budget'];
  serve: { keys: readonly ServeKey[] };
}

/** Every budget that is configured: `day` and `month` of all runs, then those of keys, such as `laptop day`. */
export function budgetStates({ budget, serve }: BudgetedSettings, memory: Pick<Memory, 'budgets' | 'budgetsOf'>): BudgetState[] {
  const ofKeys = serve.keys.flatMap((key) => statesOf(`${key.name} `, key.budget, memory.budgetsOf(keyId(key))));
  return [...statesOf('', budget, memory.budgets), ...ofKeys];
}

/** @param budgets one for each limit, the day's before the month's */
function statesOf(owner: string, { day, month }: ServeKey['budget'], budgets: readonly Budget[]): BudgetState[] {
  const limits = [...(day === null ? [] : [{ period: 'day', limit: day }]), ...(month === null ? [] : [{ period: 'month', limit: month }])];
  return limits.flatMap(({ period, limit }, i) => {
    const left = budgets[i]?.left();
    return left === undefined ? [] : [{ name: owner + period, limit, left }];
  });
}

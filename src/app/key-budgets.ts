import { createHash } from 'node:crypto';
import type { ServeKey } from '../config/wishes.js';
import type { BudgetHolder } from '../store/spending.js';

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

import type { CostRow } from '../../../core/history.js';

/** What all groups have cost together. */
export type CostTotal = Omit<CostRow, 'key'>;

export function costTotal(rows: readonly CostRow[]): CostTotal {
  const sum = (of: keyof CostTotal) => rows.reduce((total, row) => total + row[of], 0);
  return {
    runs: sum('runs'),
    calls: sum('calls'),
    input_tokens: sum('input_tokens'),
    output_tokens: sum('output_tokens'),
    cost_usd: withoutDust(sum('cost_usd')),
    estimated_usd: withoutDust(sum('estimated_usd')),
    unpriced_calls: sum('unpriced_calls'),
  };
}

/** Sums of floating point: ten decimals are far below any price of a token. */
function withoutDust(usd: number): number {
  return Math.round(usd * 1e10) / 1e10;
}

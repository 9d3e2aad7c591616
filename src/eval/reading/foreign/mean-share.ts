import type { ComparisonItem } from '../items.js';

/** The share of the win over both looks, or that of the one look that could be read. */
export function meanShare({ ab, ba }: ComparisonItem['orders']): number | null {
  return ab === null || ba === null ? (ab ?? ba) : (ab + ba) / 2;
}

import type { ComparisonItem } from '../items.js';

type Who = Pick<ComparisonItem, 'id' | 'a' | 'b' | 'judge' | 'position'>;

/** What the looks at two texts say together; the texts stand elsewhere. */
export function comparisonOf(who: Who, orders: ComparisonItem['orders']): ComparisonItem {
  return { type: 'comparison', ...who, preference: meanShare(orders), orders, style_a: null, style_b: null };
}

/** The share of the win over both looks, or that of the one look that could be read. */
function meanShare({ ab, ba }: ComparisonItem['orders']): number | null {
  return ab === null || ba === null ? (ab ?? ba) : (ab + ba) / 2;
}

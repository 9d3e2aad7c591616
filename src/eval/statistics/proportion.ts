import { Z95 } from './interval.js';

/**
 * A share of right answers with its score interval at 95 % (E. B. Wilson, "Probable inference, the law of succession, and
 * statistical inference", JASA 22, 1927). Shares from 0 to 1; of nothing it is 0, and may be anything.
 */
export function wilson(right: number, of: number): { value: number; low: number; high: number } {
  if (of === 0) return { value: 0, low: 0, high: 1 };
  const value = right / of;
  const shrink = 1 / (1 + Z95 ** 2 / of);
  const centre = (value + Z95 ** 2 / (2 * of)) * shrink;
  const half = Z95 * shrink * Math.sqrt((value * (1 - value)) / of + Z95 ** 2 / (4 * of ** 2));
  // At both ends the formula's bound is the value itself, but for the last digit.
  return { value, low: right === 0 ? 0 : Math.max(0, centre - half), high: right === of ? 1 : Math.min(1, centre + half) };
}

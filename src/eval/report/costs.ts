import type { Outcome } from '../../core/eval/data.js';
import type { Estimate } from '../../core/eval/report.js';
import { type Cost, sumCosts } from '../../core/usage.js';
import { Z95 } from '../statistics/interval.js';

/** What these answers cost together, as sure as the least sure of them. */
export function costOf(outcomes: readonly (Outcome | null)[]): Cost {
  const known = outcomes.filter((outcome) => outcome !== null);
  return sumCosts(known.map(({ cost_usd, cost_source }) => ({ usd: cost_usd, source: cost_source })));
}

/**
 * US dollars per prompt: the mean with its interval at 95 % by Student's t (1908), never below 0; of one prompt only what it cost.
 * Null where the price of any is unknown.
 */
export function costPerPrompt(outcomes: readonly (Outcome | null)[]): Estimate | null {
  const asked = outcomes.filter((outcome) => outcome !== null);
  const { usd, source } = costOf(asked);
  if (asked.length === 0 || usd === null || source === 'partial') return null;
  const n = asked.length;
  const value = usd / n;
  const squares = asked.reduce((sum, { cost_usd }) => sum + ((cost_usd ?? 0) - value) ** 2, 0);
  const half = n < 2 ? 0 : studentT95(n - 1) * Math.sqrt(squares / (n - 1) / n);
  return { value, low: Math.max(0, value - half), high: value + half };
}

/**
 * The 97.5 % quantile of Student's t: the normal one with the terms in 1/n to 1/n^3 of Abramowitz and Stegun 26.7.5; within 0.5 %
 * from 4 degrees of freedom on. Those below stand as they are.
 */
function studentT95(degrees: number): number {
  const exact = [12.706, 4.303, 3.182][degrees - 1];
  if (exact !== undefined) return exact;
  const z = Z95;
  const first = (z ** 3 + z) / 4;
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96;
  const third = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384;
  return z + first / degrees + second / degrees ** 2 + third / degrees ** 3;
}

import type { Outcome, OutcomeRow } from '../../../core/eval/data.js';
import type { Estimate } from '../../../core/eval/report.js';
import { type Cost, sumCosts } from '../../../core/usage.js';
import { studentT95 } from '../../statistics/student.js';

/** What these answers cost together, as sure as the least sure of them. */
export function costOf(outcomes: OutcomeRow): Cost {
  const known = askedOf(outcomes);
  return sumCosts(known.map(({ cost_usd, cost_source }) => ({ usd: cost_usd, source: cost_source })));
}

/**
 * US dollars per prompt: the mean with its interval at 95 % by Student's t (1908), never below 0; of one prompt only what it cost.
 * Null where the price of any is unknown.
 */
export function costPerPrompt(outcomes: OutcomeRow): Estimate | null {
  const asked = askedOf(outcomes);
  const { usd, source } = costOf(asked);
  if (asked.length === 0 || usd === null || source === 'partial') return null;
  const n = asked.length;
  const value = usd / n;
  const squares = asked.reduce((sum, { cost_usd }) => sum + ((cost_usd ?? 0) - value) ** 2, 0);
  const half = n < 2 ? 0 : studentT95(n - 1) * Math.sqrt(squares / (n - 1) / n);
  return { value, low: Math.max(0, value - half), high: value + half };
}

function askedOf(outcomes: OutcomeRow): Outcome[] {
  return [...outcomes].filter((outcome) => outcome !== null);
}

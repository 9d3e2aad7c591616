import { fairCoin } from './binomial.js';

/**
 * Two-sided p of McNemar's test in its exact form (Q. McNemar, "Note on the sampling error of the difference between correlated
 * proportions or percentages", Psychometrika 12, 1947): of the prompts that one contestant got right and the other wrong, as
 * many should go either way.
 */
export function mcnemar(wins: number, losses: number): number {
  return fairCoin(wins, wins + losses);
}

import type { BoardLine } from '../../core/eval/report.js';
import { mean, squaredDeviations } from './moments.js';

/** Columns of AlpacaEval's board that preferences alone decide. */
type PreferenceLine = Omit<BoardLine, 'avg_length' | 'length_controlled_winrate' | 'lc_standard_error'>;

/**
 * A contestant against the baseline as tatsu-lab/alpaca_eval (metrics/winrate.py) computes it. Preferences from 0 to 1 (theirs
 * minus 1), more than 0.5 is a win. Rates in percent; the standard error of the mean in points, with n - 1 degrees of freedom,
 * null for fewer than two. The discrete rate counts a draw as half a win. Nothing compared: rates of 0.
 */
export function boardLine(preferences: Float64Array): PreferenceLine {
  const n = preferences.length;
  let wins = 0;
  let losses = 0;
  for (let i = 0; i < n; i++) {
    if ((preferences[i] as number) > 0.5) wins++;
    else if ((preferences[i] as number) < 0.5) losses++;
  }
  const draws = n - wins - losses;
  return {
    win_rate: 100 * mean(preferences),
    standard_error: n < 2 ? null : 100 * Math.sqrt(squaredDeviations(preferences) / (n - 1) / n),
    n_wins: wins,
    n_wins_base: losses,
    n_draws: draws,
    n_total: n,
    discrete_win_rate: n === 0 ? 0 : (100 * (wins + draws / 2)) / n,
  };
}

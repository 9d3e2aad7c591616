import { describe, expect, it } from 'vitest';
import { boardLine } from '../../../src/eval/statistics/win-rate.js';

describe("a line of AlpacaEval's board", () => {
  it('has the rates of preferences, and the standard error with n - 1 degrees of freedom', () => {
    const line = boardLine(Float64Array.of(0.9, 0.2, 0.5, 0.7, 0.1, 0.5, 1, 0.62));
    // numpy and scipy.stats.sem
    expect(line.win_rate).toBeCloseTo(56.5, 12);
    expect(line.standard_error).toBeCloseTo(11.024323756390425, 12);
    expect(line).toMatchObject({ n_wins: 4, n_wins_base: 2, n_draws: 2, n_total: 8, discrete_win_rate: 62.5 });
  });

  it('has no error of a single preference', () => {
    expect(boardLine(Float64Array.of(1))).toMatchObject({ win_rate: 100, standard_error: null, n_wins: 1, discrete_win_rate: 100 });
  });

  it('is empty where nothing was compared', () => {
    const nothing = { win_rate: 0, standard_error: null, n_wins: 0, n_wins_base: 0, n_draws: 0, n_total: 0, discrete_win_rate: 0 };
    expect(boardLine(new Float64Array())).toEqual(nothing);
  });
});

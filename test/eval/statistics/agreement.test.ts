import { describe, expect, it } from 'vitest';
import { agreement } from '../../../src/eval/statistics/agreement.js';

describe('the agreement of two judges', () => {
  it('is the share of pairs with the same winner, and what is left of it without chance', () => {
    const pairs = [
      [0.9, 0.6],
      [0.8, 1],
      [0.1, 0.7],
      [0.2, 0.4],
      [0.5, 0.5],
      [1, 0],
      [0.5, 0.9],
      [0.3, 0],
    ] as const;
    const found = agreement(pairs);
    expect(found).toMatchObject({ n: 8, same: 0.625 });
    // numpy
    expect(found.kappa).toBeCloseTo(0.4146341463414634, 12);
  });

  it('is 1 with kappa 1 where they never differ, and -1 where they always do', () => {
    const alike = [
      [1, 1],
      [0, 0],
    ] as const;
    const opposed = [
      [1, 0],
      [0, 1],
    ] as const;
    expect(agreement(alike)).toEqual({ n: 2, same: 1, kappa: 1 });
    expect(agreement(opposed)).toEqual({ n: 2, same: 0, kappa: -1 });
  });

  it('has no kappa where chance alone would do, or nothing was compared', () => {
    expect(agreement([[0.9, 0.8]])).toEqual({ n: 1, same: 1, kappa: null });
    expect(agreement([])).toEqual({ n: 0, same: 0, kappa: null });
  });
});

import { describe, expect, it } from 'vitest';
import { fairCoin } from '../../../src/eval/statistics/binomial.js';
import { mcnemar } from '../../../src/eval/statistics/mcnemar.js';

/** scipy.stats.binomtest(heads, n).pvalue */
const KNOWN = [
  [0, 1, 1],
  [3, 10, 0.34375],
  [1, 20, 4.00543212890625e-5],
  [19, 20, 4.00543212890625e-5],
  [480, 1000, 0.2174482932041415],
  [49_000, 100_000, 2.5887160383468943e-10],
  [49_700, 100_000, 0.058197353110190364],
  [0, 1000, 1.8665272370064378e-301],
] as const;

describe('throws of a fair coin', () => {
  it.each(KNOWN)('%i heads of %i', (heads, n, p) => {
    expect(Math.abs(fairCoin(heads, n) / p - 1)).toBeLessThan(1e-8);
  });

  it('show nothing where half of them are heads, or there are none', () => {
    expect([fairCoin(5, 10), fairCoin(50_000, 100_000), fairCoin(0, 0)]).toEqual([1, 1, 1]);
  });

  it('add up to 1 over all outcomes', () => {
    const n = 25;
    let all = 0;
    for (let heads = 0; heads < n / 2; heads++) all += fairCoin(heads, n) - (heads === 0 ? 0 : fairCoin(heads - 1, n));
    expect(all).toBeCloseTo(1, 12);
  });
});

describe("McNemar's exact test", () => {
  it('is that of a fair coin over the prompts on which two contestants differ', () => {
    expect(mcnemar(7, 3)).toBeCloseTo(0.34375, 12);
    expect(mcnemar(1, 19)).toBeCloseTo(4.00543212890625e-5, 15);
    expect(mcnemar(0, 0)).toBe(1);
  });
});

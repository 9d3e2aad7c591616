import { describe, expect, it } from 'vitest';
import { wilson } from '../../../src/eval/statistics/proportion.js';

/** scipy.stats.binomtest(right, of).proportion_ci(0.95, 'wilson') */
const KNOWN = [
  { right: 0, of: 10, low: 0, high: 0.27753279986288926 },
  { right: 7, of: 10, low: 0.39677814746114526, high: 0.892208732593699 },
  { right: 10, of: 10, low: 0.7224672001371109, high: 1 },
  { right: 871, of: 1319, low: 0.6343578696245997, high: 0.6854083405886047 },
];

describe('a share of right answers', () => {
  it.each(KNOWN)('has the score interval: $right of $of', ({ right, of, low, high }) => {
    const share = wilson(right, of);
    expect(share.value).toBe(right / of);
    expect(share.low).toBeCloseTo(low, 12);
    expect(share.high).toBeCloseTo(high, 12);
  });

  it('reaches the value itself at both ends, to the last digit', () => {
    for (let of = 1; of < 300; of++) {
      expect(wilson(0, of).low).toBe(0);
      expect(wilson(of, of).high).toBe(1);
    }
  });

  it('may be anything where nothing was answered', () => {
    expect(wilson(0, 0)).toEqual({ value: 0, low: 0, high: 1 });
  });
});

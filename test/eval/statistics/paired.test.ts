import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/core/random.js';
import { needed, pairedDifference } from '../../../src/eval/statistics/paired.js';

const many = { resamples: 40_000, seed: 1 };

/** So many prompts with 1, with -1 and with 0. */
function results(wins: number, losses: number, ties: number): Float64Array {
  return Float64Array.from([...Array(wins).fill(1), ...Array(losses).fill(-1), ...Array(ties).fill(0)]);
}

describe('a paired difference', () => {
  it("has the interval by Jeffreys' prior where each prompt is won or lost", () => {
    // scipy.stats.beta.ppf of 20.5 and 10.5
    const found = pairedDifference(results(20, 10, 0), many);
    expect(found.value).toBeCloseTo(1 / 3, 12);
    expect(found.low).toBeCloseTo(-0.0222963, 2);
    expect(found.high).toBeCloseTo(0.6280425, 2);
  });

  it('has the interval that numpy resamples for four hundred different preferences', () => {
    const random = seededRandom(3);
    const found = pairedDifference(
      Float64Array.from({ length: 400 }, () => Math.cbrt(2 * random() - 1)),
      many,
    );
    expect(found.value).toBeCloseTo(0.018999346230165744, 10);
    expect(found.low).toBeCloseTo(-0.05695, 2);
    expect(found.high).toBeCloseTo(0.09458, 2);
    expect(Math.abs(found.p - 0.62474)).toBeLessThan(0.015);
  });

  it('agrees with its interval on what is shown', () => {
    for (let wins = 10; wins <= 30; wins++) {
      const found = pairedDifference(results(wins, 10, 40), { resamples: 4_000, seed: wins });
      // Within the noise of the resamples p and interval may differ.
      if (Math.abs(found.p - 0.05) > 0.004) expect(found.p < 0.05).toBe(found.low > 0);
    }
  });

  it('turns with its sides', () => {
    const there = pairedDifference(results(12, 5, 30), many);
    const back = pairedDifference(results(5, 12, 30), many);
    expect(back.value).toBe(-there.value);
    expect(back.low).toBeCloseTo(-there.high, 2);
    expect(back.p).toBeCloseTo(there.p, 2);
  });

  it('knows that more prompts may be otherwise, though all were alike', () => {
    const even = pairedDifference(results(0, 0, 30), many);
    expect(even).toMatchObject({ value: 0 });
    expect(even.low).toBeLessThan(-0.05);
    expect(even.high).toBeGreaterThan(0.05);
    expect(even.p).toBeGreaterThan(0.9);
    const won = pairedDifference(results(30, 0, 0), many);
    expect(won).toMatchObject({ value: 1, high: 1 });
    // scipy.stats.beta.ppf(0.025, 30.5, 0.5)
    expect(won.low).toBeCloseTo(0.8406437, 2);
    expect(won.p).toBe(2 / 40_001);
  });

  it('can be anything with fewer than two prompts', () => {
    expect(pairedDifference(new Float64Array(), many)).toEqual({ value: 0, low: -1, high: 1, p: 1 });
    expect(pairedDifference(Float64Array.of(1), many)).toEqual({ value: 1, low: -1, high: 1, p: 1 });
  });

  it('is the same for the same seed, whatever the order of the prompts', () => {
    const options = { resamples: 200, seed: 9 };
    const one = pairedDifference(Float64Array.of(1, 0, -1, 0.5, 1), options);
    expect(pairedDifference(Float64Array.of(0.5, 1, 1, -1, 0), options)).toEqual(one);
    expect(pairedDifference(Float64Array.of(1, 0, -1, 0.5, 1), { ...options, seed: 10 })).not.toEqual(one);
  });
});

describe('the prompts that a difference needs', () => {
  it('are those of a power of 80 %', () => {
    // scipy: 28.65
    expect(needed(Float64Array.of(1, 0, 0, -1, 1, 1, 0, 0.5, 0, 1))).toBe(29);
  });

  it('are never fewer than a sign test needs', () => {
    expect(needed(Float64Array.of(1, 1, 1))).toBe(6);
  });

  it('are unknown where there is no difference, or nothing to tell its spread', () => {
    expect(needed(Float64Array.of(1, -1, 0))).toBeNull();
    expect(needed(Float64Array.of(1))).toBeNull();
    expect(needed(new Float64Array())).toBeNull();
  });

  it('show it in four of five tries', () => {
    const random = seededRandom(17);
    const draw = () => {
      const u = random();
      return u < 0.35 ? 1 : u < 0.55 ? -1 : 0;
    };
    const prompts = needed(results(350, 200, 450))!;
    let shown = 0;
    for (let i = 0; i < 1000; i++) {
      const found = pairedDifference(Float64Array.from({ length: prompts }, draw), { resamples: 500, seed: i });
      if (found.low > 0) shown++;
    }
    expect(shown / 1000).toBeGreaterThan(0.75);
    expect(shown / 1000).toBeLessThan(0.85);
  });
});

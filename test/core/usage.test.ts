import { describe, expect, it } from 'vitest';
import type { Cost } from '../../src/core/usage.js';
import { addUsage, isAmount, NO_USAGE, sumCosts } from '../../src/core/usage.js';

const reported = (usd: number): Cost => ({ usd, source: 'reported' });
const unknown: Cost = { usd: null, source: 'unknown' };

describe('sumCosts', () => {
  it('of no call is a known nothing', () => {
    expect(sumCosts([])).toEqual({ usd: 0, source: 'reported' });
  });

  it('of unknown prices is unknown, never 0', () => {
    expect(sumCosts([unknown, unknown])).toEqual({ usd: null, source: 'unknown' });
  });

  it('of known and unknown prices is the known part, and says so', () => {
    expect(sumCosts([reported(0.1), unknown])).toEqual({ usd: 0.1, source: 'partial' });
    expect(sumCosts([reported(0.1), { usd: 0.2, source: 'partial' }])).toEqual({ usd: 0.3, source: 'partial' });
  });

  it('is as sure as its least sure part', () => {
    expect(sumCosts([reported(0.1), { usd: 0.2, source: 'computed' }])).toEqual({ usd: 0.3, source: 'computed' });
    expect(sumCosts([reported(0.1), { usd: 0.2, source: 'computed' }, { usd: 0.3, source: 'estimated' }])).toEqual({
      usd: 0.6,
      source: 'estimated',
    });
  });

  it('says partial of an estimate beside an unknown', () => {
    expect(sumCosts([{ usd: 0.1, source: 'estimated' }, unknown, reported(0.1)])).toEqual({ usd: 0.2, source: 'partial' });
  });

  it('shows no dust of floating point', () => {
    expect(sumCosts([reported(0.1), reported(0.2)]).usd).toBe(0.3);
  });
});

describe('addUsage', () => {
  it('adds every field and leaves its arguments alone', () => {
    const a = { input_tokens: 1, output_tokens: 2, reasoning_tokens: 3, cached_input_tokens: 4 };
    expect(addUsage(a, a)).toEqual({ input_tokens: 2, output_tokens: 4, reasoning_tokens: 6, cached_input_tokens: 8 });
    expect(addUsage(NO_USAGE, a)).toEqual(a);
    expect(NO_USAGE.input_tokens).toBe(0);
  });
});

it('an amount is what somebody can have used', () => {
  expect([0, 0.001, 1e12].map(isAmount)).toEqual([true, true, true]);
  expect([-1, 1e300, Number.NaN, Number.POSITIVE_INFINITY, '1', null].map(isAmount)).toEqual([false, false, false, false, false, false]);
});

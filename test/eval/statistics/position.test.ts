import { describe, expect, it } from 'vitest';
import { positionBias } from '../../../src/eval/statistics/position.js';

/** So many pairs with these results in both orders. */
const pairs = (n: number, ab: number | null, ba: number | null) => Array.from({ length: n }, () => ({ ab, ba }));

describe('position bias', () => {
  it('is found where the first one shown wins whoever it is', () => {
    const found = positionBias([...pairs(10, 1, 0), ...pairs(5, 1, 1), ...pairs(5, 0, 0)]);
    expect(found).toMatchObject({ first_share: 0.75, consistent: 0.5 });
    expect(found?.p).toBeCloseTo(2 / 2 ** 10, 12);
  });

  it('is found for the second one shown too', () => {
    const found = positionBias([...pairs(8, 0, 1), ...pairs(2, 0, 0)]);
    expect(found).toMatchObject({ first_share: 0.1, consistent: 0.2 });
    expect(found?.p).toBeCloseTo(2 / 2 ** 8, 12);
  });

  it('takes a win in one order and a tie in the other as a change', () => {
    const found = positionBias([...pairs(3, 1, 0.5), ...pairs(3, 0.5, 0), ...pairs(2, 0.5, 0.5)]);
    expect(found).toMatchObject({ first_share: 1, consistent: 0.25 });
    expect(found?.p).toBeCloseTo(2 / 2 ** 6, 12);
  });

  it('is not seen in a clear winner', () => {
    expect(positionBias(pairs(50, 1, 1))).toEqual({ first_share: 0.5, p: 1, consistent: 1 });
  });

  it('needs pairs in both orders', () => {
    expect(positionBias([...pairs(5, 1, null), ...pairs(5, null, 0)])).toBeNull();
    expect(positionBias([...pairs(5, 1, null), ...pairs(1, 0.5, 0.5)])).toEqual({ first_share: 0.5, p: 1, consistent: 1 });
  });
});

import { describe, expect, it } from 'vitest';
import { seededRandom, shuffled } from '../../src/core/random.js';

describe('seededRandom', () => {
  it('repeats itself by seed and differs between seeds', () => {
    const draw = (seed: number) => Array.from({ length: 5 }, seededRandom(seed));
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });

  it('is uniform in [0, 1)', () => {
    const numbers = Array.from({ length: 20_000 }, seededRandom(3));
    expect(numbers.every((n) => n >= 0 && n < 1)).toBe(true);
    const mean = numbers.reduce((sum, n) => sum + n, 0) / numbers.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.01);
  });
});

describe('shuffled', () => {
  it('keeps all items, leaves the original alone, repeats by seed', () => {
    const items = [1, 2, 3, 4, 5, 6];
    const copy = shuffled(items, seededRandom(1));
    expect(items).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...copy].sort()).toEqual(items);
    expect(shuffled(items, seededRandom(1))).toEqual(copy);
  });

  it('puts every item in every place about equally often', () => {
    const random = seededRandom(9);
    const counts = [0, 0, 0];
    for (let i = 0; i < 9_000; i++) counts[shuffled(['a', 'b', 'c'], random).indexOf('a')]! += 1;
    for (const count of counts) expect(Math.abs(count - 3_000)).toBeLessThan(200);
  });
});

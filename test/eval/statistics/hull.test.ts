import { describe, expect, it } from 'vitest';
import { onHull } from '../../../src/eval/statistics/hull.js';

const at = (cost: number, quality: number) => ({ cost, quality });

describe('the hull of cost and quality', () => {
  it('holds who is best at a price, with mixes of two counted', () => {
    // The third lies below the line from the first to the second, the fourth is dearer and no better, the fifth dearer and worse.
    const points = [at(1, 0.5), at(3, 0.9), at(2, 0.69), at(4, 0.9), at(5, 0.6)];
    expect(onHull(points)).toEqual([true, true, false, false, false]);
  });

  it('holds a point on the line between two others, and both of two alike', () => {
    expect(onHull([at(0.1, 0.1), at(0.2, 0.2), at(0.3, 0.3)])).toEqual([true, true, true]);
    expect(onHull([at(1, 0.5), at(1, 0.5), at(1, 0.4)])).toEqual([true, true, false]);
  });

  it('begins with the cheapest, however bad', () => {
    expect(onHull([at(10, 0.9), at(0, 0.01), at(0, 0)])).toEqual([true, true, false]);
  });

  it('says nothing of what is not known', () => {
    expect(onHull([null, at(1, 1), null])).toEqual([null, true, null]);
    expect(onHull([])).toEqual([]);
  });

  it('agrees with trying every mix of two', () => {
    const points = Array.from({ length: 60 }, (_, i) => at((i * 37) % 53, (i * 29) % 47));
    const beaten = points.map((p) =>
      points.some((a) =>
        points.some((b) => {
          if (a.cost === p.cost && a.quality > p.quality) return true;
          if (a.cost < p.cost && a.quality >= p.quality) return true;
          if (!(a.cost < p.cost && b.cost > p.cost)) return false;
          return a.quality + ((b.quality - a.quality) * (p.cost - a.cost)) / (b.cost - a.cost) > p.quality + 1e-9;
        }),
      ),
    );
    expect(onHull(points)).toEqual(beaten.map((is) => !is));
  });
});

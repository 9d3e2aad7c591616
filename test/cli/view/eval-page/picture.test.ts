import { describe, expect, it } from 'vitest';
import { evalPage } from '../../../../src/cli/view/eval-page/index.js';
import type { ContestantReport } from '../../../../src/core/eval/report.js';
import { estimate, sampleContestant, sampleReport } from '../../../support/eval-report.js';

interface Drawn {
  points: { name: string; x: number; y: number }[];
  labels: string[];
  hull: [number, number][];
  grid: string[];
}

/** What stands in the wide picture of cost and quality. */
async function drawnOf(contestants: readonly ContestantReport[]): Promise<Drawn> {
  const page = await evalPage(sampleReport({ contestants, verdicts: [], pairs: [], losses: [] }));
  const start = page.indexOf('<svg class="plot wide"', page.indexOf('id="picture"'));
  const svg = page.slice(start, page.indexOf('<svg class="plot narrow"', start));
  const all = (pattern: RegExp) => [...svg.matchAll(pattern)];
  return {
    points: all(/translate\(([\d.]+) ([\d.]+)\)"><title>([^:<]*):/g).map(([, x, y, name]) => ({
      name: String(name),
      x: Number(x),
      y: Number(y),
    })),
    labels: all(/<text class="label[^>]*>([^<]*)</g).map(([, text]) => String(text)),
    hull: [...(/class="hull" d="M([^"]*)"/.exec(svg)?.[1] ?? '').matchAll(/([\d.]+) ([\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]),
    grid: all(/text-anchor="middle">([^<]*)<\/text>(?=.*<text class="axis")/gs).map(([, text]) => String(text)),
  };
}

const one = (name: string, right: number, cost: number | null, changes: Partial<ContestantReport> = {}) =>
  sampleContestant({ name, right, cost }, { accuracy: { ...estimate(right / 240, 0.03), right, of: 240 }, ...changes });

describe('the picture of cost and quality', () => {
  it('puts the better further up and the dearer further right, linear from 0 where prices are near each other', async () => {
    const { points, grid } = await drawnOf([one('a', 200, 0.02), one('b', 150, 0.01), one('c', 100, 0.04)]);
    const [a, b, c] = points;
    expect([a!.y < b!.y, b!.y < c!.y, b!.x < a!.x, a!.x < c!.x]).toEqual([true, true, true, true]);
    // 0.01, 0.02 and 0.04: as far from each other as the prices are.
    expect((c!.x - a!.x) / (a!.x - b!.x)).toBeCloseTo(2, 2);
    expect(grid.slice(0, 3)).toEqual(['$0', '$0.01', '$0.02']);
  });

  it('is logarithmic where they span more than 20 times, and then has a place for nothing', async () => {
    const { points, grid } = await drawnOf([one('a', 200, 0.01), one('b', 150, 0.1), one('c', 100, 1), one('free', 90, 0)]);
    const [a, b, c, free] = points;
    expect((c!.x - b!.x) / (b!.x - a!.x)).toBeCloseTo(1, 2);
    expect(free!.x).toBeLessThan(a!.x);
    expect(grid).toEqual(['$0', '$0.01', '$0.03', '$0.10', '$0.30', '$1.00']);
  });

  it('puts an unknown price beside the axis, and never at 0', async () => {
    const { points, grid } = await drawnOf([one('a', 200, 0.01), one('b', 150, 0.02), one('who', 100, null), one('knows', 90, null)]);
    const [a, b, who, knows] = points;
    expect([a!.x < b!.x, b!.x < who!.x, who!.x < knows!.x]).toEqual([true, true, true]);
    expect(grid).toContain('price unknown');
  });

  it('has no prices on its axis where none is known', async () => {
    const { points, grid } = await drawnOf([one('a', 200, null), one('b', 150, null)]);
    expect(points.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(grid).toEqual([]);
  });

  it('joins those on the hull, along the curve of their mixes', async () => {
    const hull = { on_hull: true };
    const drawn = await drawnOf([one('best', 220, 1, hull), one('off', 100, 0.5), one('cheap', 120, 0.001, hull)]);
    const [best, , cheap] = drawn.points;
    expect(drawn.hull[0]).toEqual([cheap!.x, cheap!.y]);
    expect(drawn.hull.at(-1)).toEqual([best!.x, best!.y]);
    // Half of both costs half as much, which on this axis is near the dear one.
    const half = drawn.hull[12]!;
    expect(half[1]).toBeCloseTo((best!.y + cheap!.y) / 2, 1);
    expect(half[0]).toBeGreaterThan((best!.x + 9 * cheap!.x) / 10 + 300);
  });

  it('names everybody by number and name, and with many only those that matter', async () => {
    const few = await drawnOf([one('a', 200, 0.01), one('a name that is longer than thirty signs', 150, 0.02)]);
    expect(few.labels).toEqual(['1 a', '2 a name that is longer than th…']);
    const many = await drawnOf(Array.from({ length: 20 }, (_, k) => one(`m${k}`, 220 - 9 * k, 0.001 * 1.3 ** k, { on_hull: k === 3 })));
    expect(many.labels).toEqual(Array.from({ length: 20 }, (_, k) => (k === 3 ? '4 m3' : String(k + 1))));
  });

  it('says who is not in it, since nothing is known of how good it is', async () => {
    const page = await evalPage(sampleReport({ contestants: [one('a', 200, 0.01), one('mute', 1, 0.01, { accuracy: null })] }));
    expect(page).toContain('Without a number for quality, and so not in it: <bdi class="name">mute</bdi>.');
  });
});

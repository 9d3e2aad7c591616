import { describe, expect, it } from 'vitest';
import { drawSample } from '../../../src/eval/reading/draw-sample.js';

describe('drawSample', () => {
  it('draws as many as wanted, each once, the same ones for a seed', () => {
    const drawn = drawSample(1_000, 50, 7);
    expect(drawn.size).toBe(50);
    expect([...drawn].every((index) => Number.isInteger(index) && index >= 0 && index < 1_000)).toBe(true);
    expect([...drawSample(1_000, 50, 7)]).toEqual([...drawn]);
    expect([...drawSample(1_000, 50, 8)]).not.toEqual([...drawn]);
  });

  it('takes all where there are no more', () => {
    expect([...drawSample(3, 50, 1)].sort()).toEqual([0, 1, 2]);
    expect([...drawSample(0, 5, 1)]).toEqual([]);
  });

  it('draws each as often as any other', () => {
    const counts = new Array<number>(10).fill(0);
    for (let seed = 0; seed < 4_000; seed++) for (const index of drawSample(10, 3, seed)) counts[index]! += 1;
    // 1200 are expected of each; the standard deviation is 29.
    expect(Math.max(...counts.map((count) => Math.abs(count - 1_200)))).toBeLessThan(120);
  });
});

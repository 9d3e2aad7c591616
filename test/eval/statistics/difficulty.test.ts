import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/core/random.js';
import { promptDifficulty } from '../../../src/eval/statistics/difficulty.js';

const MISSING = Number.NaN;

describe('the difficulty of prompts', () => {
  it('is how the others fare, with mean 0 and standard deviation 1', () => {
    const found = promptDifficulty([Float64Array.of(0, 0, 0), Float64Array.of(1, 0.5, 0), Float64Array.of(1, 0.5, 0)], 0)!;
    expect(found[0]).toBeCloseTo(Math.sqrt(1.5), 12);
    expect(found[1]).toBeCloseTo(0, 12);
    expect(found[2]).toBeCloseTo(-Math.sqrt(1.5), 12);
  });

  it('does not know the contestant itself', () => {
    const others = [Float64Array.of(1, 0.2, 0), Float64Array.of(0.9, 0.5, 0.3)];
    const one = promptDifficulty([Float64Array.of(0, 1, 0), ...others], 0);
    expect(promptDifficulty([Float64Array.of(1, 0, 1), ...others], 0)).toEqual(one);
    expect(promptDifficulty([others[0]!, Float64Array.of(1, 0, 1), others[1]!], 1)).toEqual(one);
  });

  it('is not moved by who was compared', () => {
    // The strong one was only asked the first two prompts, which are no easier for the weak one.
    const strong = Float64Array.of(0.9, 0.9, MISSING, MISSING);
    const weak = Float64Array.of(0.1, 0.3, 0.1, 0.3);
    const [a, b, c, d] = promptDifficulty([new Float64Array(4), strong, weak], 0)!;
    expect(Math.sign(a!)).toBe(Math.sign(c!));
    expect(Math.sign(b!)).toBe(Math.sign(d!));
  });

  it('is nearer the ordinary where fewer were compared', () => {
    const prompts = [Float64Array.of(0.5, 0.5, 0.5, 0.5), Float64Array.of(1, 1, 0, 0), Float64Array.of(1, MISSING, 0, MISSING)];
    const [often, once] = promptDifficulty(prompts, 0)!;
    expect(often).toBeGreaterThan(once!);
    expect(once).toBeGreaterThan(0);
  });

  it('is unknown without others, or where all prompts are alike', () => {
    expect(promptDifficulty([Float64Array.of(1, 0)], 0)).toBeNull();
    expect(promptDifficulty([Float64Array.of(1, 0), Float64Array.of(0.4, 0.4)], 0)).toBeNull();
    expect(promptDifficulty([Float64Array.of(1, 0), Float64Array.of(MISSING, MISSING)], 0)).toBeNull();
    expect(promptDifficulty([], 0)).toBeNull();
  });

  it('finds the difficulties that results were drawn with', () => {
    const random = seededRandom(3);
    const truth = Array.from({ length: 400 }, () => 4 * random() - 2);
    const contestants = Array.from({ length: 9 }, (_, i) =>
      Float64Array.from(truth, (easy) => (random() < 1 / (1 + Math.exp(-(easy + i / 4 - 1))) ? 1 : 0)),
    );
    const found = promptDifficulty(contestants, 0)!;
    const correlation = truth.reduce((sum, value, i) => sum + value * found[i]!, 0) / Math.sqrt(400 * truth.reduce((s, v) => s + v * v, 0));
    expect(correlation).toBeGreaterThan(0.8);
  });
});

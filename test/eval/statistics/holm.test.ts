import { describe, expect, it } from 'vitest';
import { holm } from '../../../src/eval/statistics/holm.js';

describe("Holm's correction", () => {
  it('multiplies by how many are left, and never turns the order round', () => {
    expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02]);
    expect(holm([0.9, 0.8])).toEqual([1, 1]);
    expect(holm([])).toEqual([]);
  });
});

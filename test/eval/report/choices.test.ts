import { describe, expect, it } from 'vitest';
import type { Comparison } from '../../../src/core/eval/data.js';
import { bestSingle, worstLosses } from '../../../src/eval/report/index.js';
import { compared, evalData, marks } from './sample-data.js';

describe('the best single model', () => {
  it('is the best of those that are one, not the best of all', () => {
    const data = evalData([
      { name: 'mix', role: 'mixture', strategy: 'fuse', row: '1111' },
      { name: 'a', row: '1100' },
      { name: 'b', role: 'model', row: '1110' },
      { name: 'c', role: 'sampled', row: '1111' },
    ]);
    expect(bestSingle(data, 'mix')).toBe(2);
  });

  it('may be a mixture that asks one model', () => {
    const data = evalData([
      { name: 'one', role: 'mixture', strategy: 'single', row: '11' },
      { name: 'a', row: '10' },
    ]);
    expect(bestSingle(data, 'one')).toBe(0);
  });

  it('is the cheaper of two that are as good, and one whose price is known', () => {
    const data = evalData([
      { name: 'unknown', row: '10', cost: null },
      { name: 'dear', row: '01', cost: 0.2 },
      { name: 'cheap', row: '10', cost: 0.1 },
    ]);
    expect(bestSingle(data, 'unknown')).toBe(2);
  });

  it('is found by preferences where nothing has a score', () => {
    const comparisons = [compared(0, 1, 0, 0.2), compared(0, 0, 2, 0.3)];
    const data = evalData(
      [
        { name: 'mix', role: 'mixture', strategy: 'fuse', row: '?' },
        { name: 'a', row: '?' },
        { name: 'b', row: '?' },
      ],
      { comparisons },
    );
    expect(bestSingle(data, 'mix')).toBe(2);
  });

  it('is not one that was hardly asked', () => {
    const data = evalData([
      { name: 'a', row: '1110' },
      { name: 'late', row: '1---' },
    ]);
    expect(bestSingle(data, 'a')).toBe(0);
  });

  it('is nobody where there is none, or nothing is known', () => {
    expect(bestSingle(evalData([{ name: 'mix', role: 'mixture', strategy: 'fuse', row: '1' }]), 'mix')).toBeNull();
    expect(bestSingle(evalData([{ name: 'a', row: '?' }]), 'a')).toBeNull();
  });
});

describe('the worst losses', () => {
  it('are wrong answers first, then the clearest preferences, those of one mind in both orders before others', () => {
    const torn: Comparison = { ...compared(3, 0, 1, 0.2), orders: { ab: 0.6, ba: 0 } };
    const comparisons = [compared(2, 0, 1, 0.4), torn, compared(4, 1, 0, 0.8), compared(5, 0, 1, 0.9)];
    const data = evalData(
      [
        { name: 'mix', row: '10????' },
        { name: 'a', row: '11????' },
      ],
      { comparisons },
    );
    expect(worstLosses(data, 0, 1, 9).map(({ prompt }) => prompt)).toEqual([1, 4, 3, 2]);
    expect(worstLosses(data, 0, 1, 2)).toEqual([
      { prompt: 1, a: 0, b: 1 },
      { prompt: 4, a: 0, b: 1 },
    ]);
    expect(worstLosses(data, 1, 0, 9).map(({ prompt }) => prompt)).toEqual([5]);
  });

  it('are none where nothing was lost', () => {
    expect(
      worstLosses(
        evalData([
          { name: 'a', row: marks([['1', 3]]) },
          { name: 'b', row: '101' },
        ]),
        0,
        1,
        5,
      ),
    ).toEqual([]);
  });
});

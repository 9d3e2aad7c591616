import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../src/core/random.js';
import { Evidence } from '../../../../src/eval/report/evidence.js';
import { compare } from '../../../../src/eval/report/findings/compare.js';
import { compared, evalData, reportOf } from '../sample-data.js';

const random = seededRandom(9);
const row = (n: number, p: number) => Array.from({ length: n }, () => (random() < p ? '1' : '0')).join('');

describe('a comparison', () => {
  it.each(['scores', 'preferences'])('by %s turned round has every sign turned and nothing else', (by) => {
    const comparisons = by === 'scores' ? [] : Array.from({ length: 60 }, (_, i) => compared(i, 0, 1, Math.round(random() * 100) / 100));
    const rows = by === 'scores' ? [row(60, 0.7), row(60, 0.5)] : ['?'.repeat(60), '?'.repeat(60)];
    const data = evalData(
      rows.map((marks, i) => ({ name: `c${i}`, row: marks, cost: i })),
      { comparisons },
    );
    const comparing = { data, evidence: new Evidence(data), resamples: 500, seed: 3 };
    const [one, other] = [compare(comparing, 0, 1), compare(comparing, 1, 0)];
    expect(other).toEqual({
      ...one,
      wins: one.losses,
      losses: one.wins,
      share_a: one.share_b,
      share_b: one.share_a,
      difference: { value: -one.difference.value, low: -one.difference.high, high: -one.difference.low },
      cost_a: one.cost_b,
      cost_b: one.cost_a,
      differences: one.differences.map((each) => (each === 0 ? 0 : -each)),
    });
    expect(one.n).toBe(60);
    expect(one.difference.value).not.toBe(0);
  });

  it('of many prompts takes preferences in steps, and its value as it is', () => {
    const n = 3_000;
    const comparisons = Array.from({ length: n }, (_, i) => compared(i, 0, 1, random()));
    const data = evalData(
      ['a', 'b'].map((name) => ({ name, row: '?'.repeat(n) })),
      { comparisons },
    );
    const { difference } = compare({ data, evidence: new Evidence(data), resamples: 300, seed: 1 }, 0, 1);
    const mean = comparisons.reduce((sum, { preference }) => sum + 2 * preference - 1, 0) / n;
    expect(difference.value).toBeCloseTo(100 * mean, 9);
    // The standard error of the mean of uniform numbers from -1 to 1 is 1 / sqrt(3 n).
    expect((difference.high - difference.low) / 100).toBeCloseTo((2 * 1.96) / Math.sqrt(3 * n), 2);
  });
});

describe('verdicts on contestants of known strength', () => {
  const replications = 200;
  const shareOf = (finding: string, mine: number, theirs: number) => {
    let found = 0;
    for (let i = 0; i < replications; i++) {
      const data = evalData([
        { name: 'mix', role: 'mixture', strategy: 'fuse', row: row(100, mine) },
        { name: 'one', row: row(100, theirs) },
      ]);
      if (reportOf(data, { seed: i }).verdicts[0]?.finding === finding) found++;
    }
    return found / replications;
  };

  it('find a difference that is not there in at most one of twenty', () => {
    expect(shareOf('better', 0.7, 0.7)).toBeLessThanOrEqual(0.05);
  });

  it('find one that is there', () => {
    expect(shareOf('worse', 0.6, 0.9)).toBeGreaterThan(0.95);
  });
});

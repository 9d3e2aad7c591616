import { describe, expect, it } from 'vitest';
import type { Comparison } from '../../../src/core/eval/data.js';
import { compared, evalData, reportOf } from './sample-data.js';

const facts = { model: 'judge', family: 'openai', in_panel: false, looks: 40, unreadable: 0, cost_usd: 0.1 };
const rows = (n: number) => [
  { name: 'a', row: '?'.repeat(n), length: 100 },
  { name: 'b', row: '?'.repeat(n), length: 300 },
];

describe('judges', () => {
  it('that prefer what they see first are found out', () => {
    const comparisons = Array.from({ length: 40 }, (_, prompt): Comparison => {
      const isSwayed = prompt < 30;
      return { prompt, a: 0, b: 1, judge: 'judge', preference: 0.5, orders: isSwayed ? { ab: 1, ba: 0 } : { ab: 0.5, ba: 0.5 } };
    });
    const report = reportOf(evalData(rows(40), { comparisons }), { judges: [facts] });
    expect(report.judges[0]?.position).toMatchObject({ first_share: 1, consistent: 0.25 });
    expect(report.warnings).toEqual([
      {
        code: 'judge_position',
        message:
          'the judge judge prefers what it sees first: 100 % of its decided looks; every pair was shown in both orders, and their mean corrects it',
      },
    ]);
  });

  it('that nobody can read, or of a family that takes part, are named', () => {
    const comparisons = Array.from({ length: 30 }, (_, prompt) => compared(prompt, 0, 1, 0.5));
    const report = reportOf(evalData(rows(30), { comparisons }), { judges: [{ ...facts, in_panel: true, unreadable: 9 }] });
    expect(report.warnings.map(({ message }) => message)).toEqual([
      'the judge judge is of the family openai that takes part: judges favour their own',
      '9 of 40 verdicts of the judge judge could not be read; they count nowhere',
    ]);
  });

  it('that like longer answers are named with what corrects it', () => {
    const comparisons = Array.from({ length: 40 }, (_, prompt) => compared(prompt, 0, 1, prompt < 30 ? 0 : 1));
    const report = reportOf(evalData(rows(40), { comparisons }), { judges: [facts] });
    expect(report.judges[0]?.longer_share).toBe(0.75);
    expect(report.warnings).toContainEqual({
      code: 'judge_length',
      message:
        'the longer answer won 75 % of the pairs that judge decided: that may be merit or taste; length-controlled rates take it out',
    });
  });

  it('of a file are there with what the file tells', () => {
    const report = reportOf(evalData(rows(1), { comparisons: [compared(0, 0, 1, 1, 'human')] }));
    expect(report.judges).toEqual([
      {
        model: 'human',
        family: null,
        in_panel: false,
        looks: 2,
        unreadable: 0,
        position: { first_share: 0.5, p: 1, consistent: 1 },
        longer_share: 0,
        cost_usd: null,
      },
    ]);
  });

  it('agree or not on the pairs that both have seen, whoever was named first', () => {
    const comparisons = [
      ...[1, 0, 1, 0].map((preference, prompt) => compared(prompt, 0, 1, preference, 'x')),
      ...[0, 1, 0, 0].map((preference, prompt) => compared(prompt, 1, 0, preference, 'y')),
    ];
    const { agreement } = reportOf(evalData(rows(4), { comparisons }));
    expect(agreement).toEqual([{ judges: ['x', 'y'], n: 4, same: 0.75, kappa: 0.5 }]);
  });
});

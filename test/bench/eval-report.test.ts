import { describe, expect, it } from 'vitest';
import { figures, interval95, percent, report } from '../../bench/eval-report.js';
import { events, resultOf } from '../observe/sample-run.js';

const result = resultOf(events());
const row = (gold: string, texts: string[], answer: string | null) => ({ gold, texts, result: { ...result, answer } });
const ROWS = [
  row('1', ['it is 1', '#### 1', 'A: 2'], 'so 1'),
  row('5', ['it is 5', '#### 6', 'A: 7'], 'so 6'),
  row('7', ['no idea', 'none', 'A: 7'], 'so 7'),
];

describe('figures', () => {
  it('counts each system alone, agreement, and what was merged', () => {
    expect(figures(ROWS, 3)).toEqual({
      alone: [
        { right: 2, of: 3 },
        { right: 1, of: 3 },
        { right: 1, of: 3 },
      ],
      merged: { right: 2, of: 3 },
      agreed: { right: 1, of: 1 },
      open: { right: 1, of: 2 },
      statuses: new Map([['degraded', 3]]),
      callsPerRun: new Map([[3, 3]]),
    });
  });

  it('does not take two silent systems for agreement', () => {
    expect(figures([row('1', ['none', 'none', 'A: 1'], null)], 3)).toMatchObject({ agreed: { of: 0 }, open: { right: 0, of: 1 } });
  });
});

describe('interval95', () => {
  it('is Wilson`s', () => {
    const [low, high] = interval95({ right: 562, of: 660 });
    expect([low.toFixed(4), high.toFixed(4)]).toEqual(['0.8224', '0.8766']);
  });
});

describe('report', () => {
  it('says that it is a number vote and how it compares with the best system', () => {
    const text = report(['a', 'b', 'c'], figures(ROWS, 3));
    expect(text).toContain('a plain number vote, no model');
    expect(text).toContain('It is the same as the best system alone (a, 66.7 %).');
    expect(percent({ right: 0, of: 0 })).toBe('–');
  });
});

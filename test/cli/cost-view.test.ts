import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { bar } from '../../src/cli/view/history/bar.js';
import { costCsv } from '../../src/cli/view/history/cost-csv.js';
import { type Costs, costText } from '../../src/cli/view/history/cost-text.js';
import { costTotal } from '../../src/cli/view/history/cost-total.js';
import type { CostRow } from '../../src/core/history.js';

const row = (changes: Partial<CostRow> = {}): CostRow => ({
  key: '2026-01-31',
  runs: 3,
  calls: 12,
  input_tokens: 12_000,
  output_tokens: 950,
  cost_usd: 0.4,
  estimated_usd: 0,
  unpriced_calls: 0,
  ...changes,
});
const costs = (rows: readonly CostRow[], changes: Partial<Costs> = {}): Costs => ({
  by: 'day',
  since: null,
  rows,
  total: costTotal(rows),
  ...changes,
});
const screen = (columns: number | null, draws = true) => ({ columns, color: false, draws });
const totalOf = (rows: readonly CostRow[], changes: Partial<Costs> = {}) =>
  costText(costs(rows, changes), [], screen(null)).split('\n\n')[0];

describe('the text of mom cost', () => {
  const rows = [
    row(),
    row({ key: '2026-02-01', cost_usd: 1.6, estimated_usd: 0.2 }),
    row({ key: '2026-02-02', cost_usd: 0.8, unpriced_calls: 2 }),
  ];

  it('is a sentence and a table, in a pipe without bars', () => {
    expect(costText(costs(rows), [], screen(null))).toBe(
      [
        '$2.80 for 34 calls in 9 runs, and 2 calls of unknown price',
        '$0.20 of it is estimated, for calls that were cut: they cost at most that',
        '',
        'day            cost  runs  calls   read  written',
        '2026-01-31    $0.40     3     12  12.0k      950',
        '2026-02-01   ~$1.60     3     12  12.0k      950',
        '2026-02-02  ≥ $0.80     3     12  12.0k      950',
        '',
      ].join('\n'),
    );
  });

  it('has bars on a terminal that is wide enough, of plain characters on one that draws no others', () => {
    expect(costText(costs(rows), [], screen(80))).toContain('2026-01-31    $0.40     3     12  12.0k      950  ██████\n');
    expect(costText(costs(rows), [], screen(80, false))).toContain('2026-01-31    $0.40     3     12  12.0k      950  ######\n');
    expect(costText(costs(rows), [], screen(60))).not.toContain('█');
  });

  it.each([100, 60, 40, 20])('fits %i columns', (columns) => {
    const shown = costText(costs([...rows, row({ key: 'vendor/東京-a-very-long-name-of-a-model' })]), [], screen(columns));
    expect(Math.max(...shown.split('\n').map((line) => stringWidth(line)))).toBeLessThanOrEqual(columns);
  });

  it('never calls an unknown price 0', () => {
    expect(totalOf([row({ cost_usd: 0, calls: 2, unpriced_calls: 2, runs: 1 })])).toBe('2 calls of unknown price in 1 run');
    expect(totalOf([row({ cost_usd: 0.01, calls: 1, unpriced_calls: 1, runs: 1 })])).toBe(
      'at least $0.01 for 1 call of unknown price in 1 run',
    );
    expect(costText(costs([row({ cost_usd: 0, unpriced_calls: 1 })]), [], screen(null))).toMatch(/^2026-01-31 +\? {5}3 /m);
  });

  it('says since when', () => {
    expect(totalOf([row()], { since: new Date('2026-01-31') })).toBe('$0.40 for 12 calls in 3 runs since 2026-01-31');
    expect(totalOf([row()], { since: new Date('2026-01-31T10:20:30Z') })).toBe('$0.40 for 12 calls in 3 runs since 2026-01-31 10:20 UTC');
  });

  it('tells what is left of budgets, rounded down', () => {
    const budgets = [{ name: 'the budget of $2 a day', left: 1.599 }];
    expect(costText(costs([row()]), budgets, screen(null))).toMatch(
      /^\$0\.40 for 12 calls in 3 runs\n\$1\.59 left of the budget of \$2 a day\n\nday /,
    );
  });

  it('lets no control sequence through', () => {
    expect(costText(costs([row({ key: 'a\u001b[2Jb\u202e' })], { by: 'client' }), [], screen(80))).toMatch(/^ab /m);
  });

  it('adds up without the dust of fractions', () => {
    expect(costTotal([row({ cost_usd: 0.1 }), row({ cost_usd: 0.2 })]).cost_usd).toBe(0.3);
  });
});

describe('a bar', () => {
  it('is as long as its share, and seen whatever is not 0', () => {
    expect([0, 0.0001, 0.25, 0.5, 1].map((share) => bar(share, 4, true))).toEqual(['', '▏', '█', '██', '████']);
    expect(bar(0.55, 4, true)).toBe('██▎');
    expect([0, 0.0001, 0.5, 1].map((share) => bar(share, 4, false))).toEqual(['', '#', '##', '####']);
  });
});

describe('the CSV of mom cost', () => {
  it('has a header, quotes what needs it, and lets nothing be a formula', () => {
    const rows = [row(), row({ key: 'a,"b"', cost_usd: 1e-7 }), row({ key: '=HYPERLINK("x")' }), row({ key: '@x' })];
    expect(costCsv('model', rows).split('\r\n')).toEqual([
      'model,runs,calls,input_tokens,output_tokens,cost_usd,estimated_usd,unpriced_calls',
      '2026-01-31,3,12,12000,950,0.4,0,0',
      '"a,""b""",3,12,12000,950,0.0000001,0,0',
      '"\'=HYPERLINK(""x"")",3,12,12000,950,0.4,0,0',
      "'@x,3,12,12000,950,0.4,0,0",
      '',
    ]);
  });
});

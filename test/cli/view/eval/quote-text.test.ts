import { describe, expect, it } from 'vitest';
import type { EvalQuote, EvalQuoteLine } from '../../../../src/app/eval/evaluation.js';
import { quoteLine, quoteText } from '../../../../src/cli/view/eval/quote-text.js';

const line = (changes: Partial<EvalQuoteLine> = {}): EvalQuoteLine => ({
  name: 'default',
  role: 'mixture',
  runs: 50,
  kept: 0,
  calls: { low: 150, high: 200 },
  usd: { low: 0.3, high: 1.5 },
  ...changes,
});
const quote = (changes: Partial<EvalQuote> = {}): EvalQuote => ({
  prompts: 50,
  lines: [
    line(),
    line({ name: 'acme/large', role: 'member', kept: 20, calls: { low: 30, high: 30 }, usd: { low: 0.1, high: 0.4 } }),
    line({ name: 'fourth/judge', role: 'judge', runs: 100, calls: { low: 100, high: 100 }, usd: { low: 0.01, high: 0.2 } }),
  ],
  usd: { low: 0.41, high: 2.1 },
  unpriced: [],
  max_cost: 10,
  ...changes,
});
const screen = { columns: 80, color: false, draws: false };

describe('what an evaluation will ask', () => {
  it('is told in one line', () => {
    expect(quoteLine(quote())).toBe(
      'will ask 2 contestants 50 prompts: 280 to 330 calls, $0.41 to $2.10, cap $10.00, 20 of 100 answers are kept from before',
    );
    const looked = line({ name: 'fourth/judge', role: 'judge', runs: 2_000, kept: 1_500 });
    expect(quoteLine(quote({ lines: [line({ kept: 3 }), looked] }))).toMatch(
      /, 3 of 50 answers and 1,500 of 2,000 looks of judges are kept from before$/,
    );
    expect(quoteLine(quote({ lines: [line(), looked] }))).toMatch(/, 1,500 of 2,000 looks of judges are kept from before$/);
    expect(quoteLine(quote({ prompts: 1, lines: [line({ calls: { low: 1, high: 1 } })] }))).toBe(
      'will ask 1 contestant 1 prompt: 1 call, $0.41 to $2.10, cap $10.00',
    );
  });

  it('is never free where a price is unknown', () => {
    const lines = [line(), line({ name: 'new/model', usd: null })];
    expect(quoteLine(quote({ lines, usd: null }))).toContain(', at least $0.30, cap');
    expect(quoteLine(quote({ lines: [line({ usd: null })], usd: null }))).toContain(', price unknown, cap');
  });

  it('is a table for a dry run', () => {
    expect(quoteText(quote(), screen)).toBe(
      [
        '50 prompts; nobody was asked',
        '',
        'who           as       asked  kept       calls            cost',
        'default       mixture     50     0  150 to 200  $0.30 to $1.50',
        'acme/large    member      30    20          30  $0.10 to $0.40',
        'fourth/judge  judge      100     0         100  $0.01 to $0.20',
        'in total                 180    20  280 to 330  $0.41 to $2.10',
        '',
        'the cap would be $10.00',
        '',
      ].join('\n'),
    );
  });

  it('names models without a price, so that nothing in a name drives the terminal', () => {
    const shown = quoteText(
      quote({ lines: [line({ name: 'new/\u001b[2Jmodel', usd: null })], usd: null, unpriced: ['new/\u001b[2Jmodel'] }),
      screen,
    );
    expect(shown).toContain('no price known for new/model: `pricing:` in the configuration sets one\n');
    expect(shown).toMatch(/^new\/model +mixture +50 +0 +150 to 200 +\?$/m);
    expect(shown).not.toContain('\u001b');
  });
});

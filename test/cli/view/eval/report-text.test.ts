import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { reportText } from '../../../../src/cli/view/eval/report-text.js';
import type { ContestantReport, EvalReport } from '../../../../src/core/eval/report.js';
import { sampleContestant, sampleReport } from '../../../support/eval-report.js';

/** Everybody as fast as the others. */
const evenly = (contestants: readonly ContestantReport[]) =>
  contestants.map((each) => ({ ...each, first_token_ms: { median: 420, p95: 900 }, duration_ms: { median: 3_900, p95: 9_000 } }));

const text = (changes: Partial<EvalReport> = {}, columns: number | null = null, color = false) =>
  reportText(sampleReport(changes), { columns, color, draws: color });
const paragraph = (shown: string, number: number) => shown.trimEnd().split('\n\n')[number];
/** With references only, nothing judged. */
const plain = (known: Parameters<typeof sampleContestant>[0], changes: Partial<ContestantReport> = {}) =>
  sampleContestant(known, { first_token_ms: null, duration_ms: null, kinds: {}, ...changes });
const BARE: Partial<EvalReport> = {
  contestants: [
    plain({ name: 'acme/large', right: 213, cost: 0.0153 }),
    plain({ name: 'default', right: 189, cost: null }, { role: 'mixture', is_baseline: true }),
  ],
  judges: [],
  agreement: [],
  recommendations: [],
  losses: [],
  warnings: [],
};

describe('the text of a report', () => {
  it('is the verdict, the tables and what to know about them', () => {
    expect(text({}, 80)).toBe(
      [
        'default is worse than acme/large alone: 78.8 % against 88.8 % right (10.0 points',
        'less, 95 % interval 5.6 to 14.4), at 3.8 times its price; worse for math, not',
        'shown for code.',
        'default against acme/large x4: nothing is shown; to show a difference like the',
        'one seen here takes about 610 prompts.',
        'cheap-first:cascade is not worse than acme/large alone: 89.6 % against 88.8 %',
        'right (0.8 points more, -1.2 to 2.8, margin 2), at 0.58 times its price.',
        '',
        'contestant            right          wins  $/prompt  failed  not asked',
        'cheap-first:cascade  89.6 %  56.2 % ± 1.7   $0.0089       0          0',
        'acme/large           88.8 %  55.1 % ± 1.7   $0.0153       0          0',
        'acme/large x4        88.3 %  54.4 % ± 1.7   $0.0611       0          0',
        'default *            78.8 %                 $0.0588       3          2',
        'other/medium         68.3 %  38.3 % ± 1.7         ?       0          0',
        'third/tiny           40.4 %  17.9 % ± 1.7  $0.00042       0          0',
        '',
        'by kind of prompt    code (80)  math (160)',
        'cheap-first:cascade     89.6 %      89.6 %',
        'acme/large              88.8 %      88.8 %',
        'acme/large x4           88.3 %      88.3 %',
        'default                 78.8 %      78.8 %',
        'other/medium            68.3 %      68.3 %',
        'third/tiny              40.4 %      40.4 %',
        '',
        'judge fourth/judge: 2,400 looks, 31 unreadable, the first one shown won 58.7 %,',
        '81.0 % the same in both orders, the longer one won 64.2 %, $4.12',
        'judge preferences.jsonl: 1,200 looks',
        'fourth/judge and preferences.jsonl agree on 78.0 % of 612 pairs, kappa 0.54',
        '',
        'recommended: cheap-first:cascade. It is not worse than acme/large and costs 0.58',
        'times as much.',
        'recommended for code: cheap-first:cascade. It is better for code than every',
        'other one.',
        'worst losses: gsm-17 (math), code-3 (code); -o DIR or --open shows them side by',
        'side',
        '',
        'warning: default failed on 3 of 238 prompts; they count as wrong',
        'warning: fourth/judge prefers what it sees first: 58.7 % of the decided looks;',
        'both orders were averaged, which corrects it',
        '',
        'wins: with their standard error',
        '* the baseline, which wins are against: default',
        '240 prompts, scored 200 by reference, 40 by judge; at least $38.40, $12.05 of it',
        'now; 21 m 24 s',
        'evaluation 20260131-081500-e1b2c3',
        '',
      ].join('\n'),
    );
  });

  it('has intervals, ratings and times where there is room, and lines of any length in a pipe', () => {
    const [head, , , fourth] = paragraph(text({ contestants: evenly(sampleReport().contestants) }), 1)?.split('\n') ?? [];
    expect(head).toBe(
      'contestant            right          95 %          wins   same length  rating  $/prompt  first token   took  failed  not asked',
    );
    expect(fourth).toBe(
      'acme/large x4        88.3 %  84.3 to 92.4  54.4 % ± 1.7  52.2 % ± 1.2    1031   $0.0611       420 ms  3.9 s       0          0',
    );
    expect(paragraph(text(), 0)?.split('\n')).toHaveLength(3);
  });

  it('has a line about the columns that are there', () => {
    const contestants = evenly(sampleReport().contestants);
    expect(text({ contestants }).trimEnd().split('\n\n').at(-1)?.split('\n')[0]).toBe(
      "wins: with their standard error; same length: wins as if answers were equally long, ? where that can't be told; rating: Bradley-Terry, mean 1000; first token, took: medians",
    );
    expect(text(BARE)).not.toContain('took');
  });

  it('has a question mark where length control tells nothing', () => {
    const [one, ...others] = evenly(sampleReport().contestants) as [ContestantReport, ...ContestantReport[]];
    const vague = { ...one, board: one.board && { ...one.board, length_controlled_winrate: null, lc_standard_error: null } };
    expect(paragraph(text({ contestants: [vague, ...others] }), 1)?.split('\n')[1]).toMatch(/56\.2 % ± 1\.7 {2,}\? {2,}10/);
  });

  it('leaves out what nobody has, and never shows an unknown price as 0', () => {
    expect(text(BARE).split('\n\n').slice(1)).toEqual([
      'contestant   right          95 %  $/prompt\nacme/large  88.8 %  84.8 to 92.7   $0.0153\ndefault *   78.8 %  73.6 to 83.9         ?',
      '* the baseline\n240 prompts, scored 200 by reference, 40 by judge; at least $38.40, $12.05 of it now; 21 m 24 s\nevaluation 20260131-081500-e1b2c3\n',
    ]);
    expect(text({ ...BARE, cost_usd: null, cost_source: 'unknown' })).toContain('; cost unknown; 21 m 24 s');
  });

  it('says first that it is not about all of it, and how to go on', () => {
    const partial = { code: 'cost_cap', message: 'the cap of $10.00 was reached' };
    const report = sampleReport({ partial });
    const first = (goesOn: string | null) => paragraph(reportText(report, { columns: null, color: false, draws: false }, goesOn), 0);
    const sentence = 'not all of it: the cap of $10.00 was reached; 238 of 240 prompts are complete';
    expect(first(null)).toBe(sentence);
    expect(first('mom eval --resume')).toBe(`${sentence}; mom eval --resume goes on`);
  });

  it('tells what was paid for nothing from what has a result', () => {
    expect(text({ cost_usd: 1, spent_usd: 1.5, cost_source: 'reported' })).toContain('; $1.00 of what has a result, $1.50 spent now; ');
  });

  it('says that a sandbox tells nothing of real prices', () => {
    expect(text({ sandbox: true })).toContain('\nsandbox: simulated and recorded models; their prices and times are not real\n');
    expect(text()).not.toContain('sandbox');
  });

  it.each([20, 40, 60, 80, 100, 140])('fits %d columns', (columns) => {
    const wide = text({ ...BARE, contestants: [plain({ name: `acme/${'x'.repeat(200)}`, right: 3, cost: 1.5 })] }, columns);
    for (const line of [text({}, columns), wide].join('').split('\n')) expect(stringWidth(line), line).toBeLessThanOrEqual(columns);
  });

  it('tells long names apart where there is no room for them', () => {
    const long = (end: string) => plain({ name: `openrouter/deepseek/deepseek-chat-with-a-long-name:${end}`, right: 3, cost: 1.5 });
    const shown = text({ ...BARE, contestants: [long('free'), long('nitro')] }, 60);
    const [, ...rows] = paragraph(shown, 1)?.split('\n') ?? [];
    expect(rows.map((row) => row.split(/ {2,}/)[0])).toEqual(['openrouter/deep…long-name:free', 'openrouter/deep…ong-name:nitro']);
  });

  it('paints what was found, and only on a terminal', () => {
    expect(text({}, 80, true)).toContain('\u001b[31mdefault is worse');
    expect(text({}, 80, true)).toContain('\u001b[32mcheap-first:cascade is not worse');
    expect(text({}, 80)).not.toContain('\u001b');
  });

  it('lets nothing that a model or a file says drive the terminal', () => {
    const bad = 'x\u001b[2J\u202e\u0007\ny';
    const [contestant] = sampleReport().contestants as [ContestantReport];
    const [verdict] = sampleReport().verdicts as [EvalReport['verdicts'][number]];
    const [judge] = sampleReport().judges as [EvalReport['judges'][number]];
    const [loss] = sampleReport().losses as [EvalReport['losses'][number]];
    const hostile = text({
      id: bad,
      baseline: bad,
      partial: { code: 'cost_cap', message: bad },
      contestants: [{ ...contestant, name: bad, is_baseline: true }],
      verdicts: [{ ...verdict, sentence: bad }],
      judges: [{ ...judge, model: bad }],
      agreement: [{ judges: [bad, bad], n: 1, same: 1, kappa: null }],
      recommendations: [{ kind: null, contestant: bad, why: bad }],
      losses: [{ ...loss, prompt: bad }],
      warnings: [{ code: 'few_prompts', message: bad }],
    });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are looked for
    expect(hostile).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    expect(hostile.match(/x y/g)?.length).toBeGreaterThanOrEqual(11);
  });
});

import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/core/random.js';
import { compared, type Entrant, evalData, marks, reportOf } from './sample-data.js';

const byName = <T extends { name: string }>(list: readonly T[], name: string) => list.find((each) => each.name === name) as T;

describe('what is measured of a contestant', () => {
  const data = evalData([
    {
      name: 'a',
      role: 'mixture',
      strategy: 'fuse',
      row: marks([
        ['1', 6],
        ['x', 1],
        ['!', 1],
        ['0', 2],
      ]),
      cost: 0.02,
    },
    {
      name: 'b',
      row: marks([
        ['1', 8],
        ['-', 2],
      ]),
      cost: null,
    },
    { name: 'c', row: '-'.repeat(10) },
  ]);
  const report = reportOf(data);

  it('counts a failure as wrong, scored or not, and says so', () => {
    expect(byName(report.contestants, 'a')).toMatchObject({ n: 10, failed: 2, missing: 0, accuracy: { right: 6, of: 10, value: 0.6 } });
    expect(report.warnings).toContainEqual({
      code: 'contestant_fails',
      message: 'a failed on 2 of 10 prompts; that counts as wrong, or as lost',
    });
  });

  it('keeps unknown prices unknown', () => {
    expect(byName(report.contestants, 'a').cost_usd?.value).toBeCloseTo(0.02);
    expect(byName(report.contestants, 'b')).toMatchObject({ cost_usd: null, cost_source: 'unknown', on_hull: null });
    expect(report).toMatchObject({ cost_usd: 0.2, cost_source: 'partial' });
  });

  it('knows who was not asked', () => {
    expect(byName(report.contestants, 'b')).toMatchObject({ n: 8, missing: 2 });
    expect(byName(report.contestants, 'c')).toMatchObject({ n: 0, missing: 10, accuracy: null, duration_ms: null, cost_usd: null });
    expect(report.prompts).toEqual({ total: 10, complete: 0, by_reference: 10, by_check: 0, by_judge: 0, unscored: 0 });
  });

  it('takes times from answers only', () => {
    expect(byName(report.contestants, 'a').first_token_ms?.median).toBe(103.5);
    expect(byName(report.contestants, 'a').duration_ms?.median).toBe(1_003.5);
  });

  it('lists the best first', () => {
    expect(report.contestants.map(({ name }) => name)).toEqual(['b', 'a', 'c']);
  });
});

describe('the report', () => {
  it('tells how prompts are scored', () => {
    const data = evalData(
      [
        { name: 'a', row: '11??', scoredBy: 'check' },
        { name: 'b', row: '10??' },
      ],
      { comparisons: [compared(2, 0, 1, 1)] },
    );
    const { prompts, warnings } = reportOf(data);
    expect(prompts).toMatchObject({ total: 4, complete: 4, by_check: 2, by_reference: 0, by_judge: 1, unscored: 1 });
    expect(warnings.map(({ code }) => code)).toEqual(['few_prompts', 'unscored']);
    expect(warnings[0]?.message).toBe('3 prompts with a result: fewer than 20 allow no verdict');
    expect(warnings[1]?.message).toBe(
      '1 prompt not scored: no reference, check or judge has told who is right; what is not scored counts nowhere',
    );
  });

  it('says nothing twice that its caller has said', () => {
    const given = { code: 'few_prompts', message: 'few' };
    expect(reportOf(evalData([{ name: 'a', row: '1' }]), { warnings: [given] }).warnings).toEqual([given]);
  });

  it('adds what judges cost to the answers', () => {
    const judge = { model: 'j', family: 'f', in_panel: false, looks: 4, unreadable: 0, cost_usd: 0.5 };
    const data = evalData([{ name: 'a', row: '11', cost: 0.1 }]);
    expect(reportOf(data, { judges: [judge] })).toMatchObject({ cost_usd: 0.7, cost_source: 'computed' });
    expect(reportOf(data, { judges: [{ ...judge, cost_usd: null }] })).toMatchObject({ cost_usd: 0.2, cost_source: 'partial' });
  });

  it('measures kinds apart', () => {
    const { contestants } = reportOf(evalData([{ name: 'a', row: '1010' }], { kinds: ['math', 'code'] }));
    expect(contestants[0]?.kinds).toMatchObject({ math: { n: 2, accuracy: { right: 2 } }, code: { n: 2, accuracy: { right: 0 } } });
  });

  it('is the same for the same input', () => {
    const data = evalData([
      { name: 'a', role: 'mixture', strategy: 'fuse', row: '1101'.repeat(20) },
      { name: 'b', row: '1011'.repeat(20) },
    ]);
    expect(reportOf(data)).toEqual(reportOf(data));
  });
});

describe('pairs', () => {
  const random = seededRandom(5);
  const row = (n: number, p: number) => Array.from({ length: n }, () => (random() < p ? '1' : '0')).join('');
  const entrants: Entrant[] = [
    { name: 'a', row: row(80, 0.8), cost: 0.02 },
    { name: 'b', row: row(80, 0.5), cost: 0.01 },
  ];

  it('turn round with their contestants: signs change, nothing else', () => {
    const [one] = reportOf(evalData(entrants)).pairs;
    // The same pair listed the other way round in the data, which is reported best first all the same.
    const [other] = reportOf(evalData([...entrants].reverse())).pairs;
    expect(one).toMatchObject({ a: 'a', b: 'b', basis: 'reference', n: 80, cost_ratio: 2 });
    expect(other).toMatchObject({ a: 'a', b: 'b', wins: one?.wins, losses: one?.losses, p: one?.p, cost_ratio: 2 });
    expect(other?.difference.value).toBeCloseTo(one?.difference.value ?? 0, 10);
  });

  it('test by McNemar where all is right or wrong', () => {
    const data = evalData([
      { name: 'a', row: marks([['1', 30]]) },
      {
        name: 'b',
        row: marks([
          ['1', 24],
          ['0', 6],
        ]),
      },
    ]);
    expect(reportOf(data).pairs[0]).toMatchObject({ wins: 6, losses: 0, ties: 24, difference: { value: 20 } });
    expect(reportOf(data).pairs[0]?.p).toBeCloseTo(2 / 2 ** 6, 12);
  });

  it('are made of prompts that both were asked, and of nothing else', () => {
    const data = evalData([
      { name: 'a', row: '111-' },
      { name: 'b', row: '-100' },
      { name: 'c', row: '---?' },
    ]);
    expect(reportOf(data).pairs).toHaveLength(1);
    expect(reportOf(data).pairs[0]).toMatchObject({ a: 'a', b: 'b', n: 2, wins: 1, ties: 1 });
  });

  it('mix scores and preferences, and turn a comparison that is the other way round', () => {
    const comparisons = [compared(2, 1, 0, 0.25), compared(2, 0, 1, 0.25, 'another')];
    const data = evalData(
      [
        { name: 'a', row: '11?' },
        { name: 'b', row: '10?' },
      ],
      { comparisons },
    );
    const [pair] = reportOf(data).pairs;
    expect(pair).toMatchObject({ a: 'a', basis: 'mixed', n: 3, wins: 1, losses: 0, ties: 2 });
    expect(pair?.difference.value).toBeCloseTo(100 / 3, 10);
  });

  it('count a failure as lost where judges compare the two, looked at or not', () => {
    const data = evalData(
      [
        { name: 'a', row: '?!!?' },
        { name: 'b', row: '??!?' },
      ],
      { comparisons: [compared(0, 0, 1, 1)] },
    );
    expect(reportOf(data).pairs[0]).toMatchObject({ n: 3, wins: 1, losses: 1, ties: 1, basis: 'judge' });
  });
});

describe('ratings', () => {
  const ratedOn = (prompts: number, judges: readonly string[]) => {
    const entrants = ['base', 'new'].map((name, i) => ({
      name,
      row: '?'.repeat(prompts),
      length: Array.from({ length: prompts }, (_, p) => 100 + ((p * (i + 3)) % 41)),
    }));
    const comparisons = judges.flatMap((judge) =>
      Array.from({ length: prompts }, (_, prompt) => compared(prompt, 1, 0, Number(prompt % 3 === 0), judge)),
    );
    return byName(reportOf(evalData(entrants, { comparisons })).contestants, 'new').rating;
  };

  it('are only controlled for style where there are enough pairs of answers to tell', () => {
    // Four features of style and one lead, ten pairs each.
    expect(ratedOn(49, ['one'])).toMatchObject({ plain: { value: expect.any(Number) }, style_controlled: null });
    expect(ratedOn(50, ['one'])?.style_controlled).not.toBeNull();
    expect(ratedOn(49, ['one', 'two'])?.style_controlled).toBeNull();
  });
});

describe('the board', () => {
  const comparisons = [compared(0, 0, 1, 0.9), compared(1, 1, 0, 0.9), compared(2, 0, 1, 0.5), compared(3, 0, 1, 1)];
  const data = evalData(
    [
      { name: 'base', row: '????', length: 100 },
      { name: 'new', row: '????', length: 200 },
    ],
    { comparisons },
  );

  it('has the contestant against the baseline, whoever was named first', () => {
    const [base, other] = ['base', 'new'].map((name) => byName(reportOf(data).contestants, name));
    expect(base?.board).toBeNull();
    expect(other?.board).toMatchObject({ n_wins: 1, n_wins_base: 2, n_draws: 1, n_total: 4, discrete_win_rate: 37.5, avg_length: 200 });
    expect(other?.board?.win_rate).toBeCloseTo(37.5, 10);
    expect(other?.board?.length_controlled_winrate).toBeNull();
  });

  it('rates by the comparisons, the mean at 1000', () => {
    const ratings = reportOf(data).contestants.map(({ rating }) => rating?.plain.value ?? 0);
    expect((ratings[0] ?? 0) + (ratings[1] ?? 0)).toBeCloseTo(2_000, 6);
    expect(reportOf(evalData([{ name: 'a', row: '1' }])).contestants[0]?.rating).toBeNull();
  });

  it('has no length-controlled rate where length alone decides, or its error is useless', () => {
    const random = seededRandom(5);
    const lengths = (mean: number) => Array.from({ length: 40 }, () => Math.round(mean * (0.8 + 0.4 * random())));
    const [short, long] = [lengths(100), lengths(105)];
    const boardOf = (longs: number[], prefers: (prompt: number) => number) => {
      const entrants = [
        { name: 'base', row: '?'.repeat(40), length: short },
        { name: 'long', row: '?'.repeat(40), length: longs },
      ];
      const comparisons = short.map((_, prompt) => compared(prompt, 1, 0, prefers(prompt)));
      return byName(reportOf(evalData(entrants, { comparisons })).contestants, 'long').board;
    };
    const longer = boardOf(long, (prompt) => Number((long[prompt] ?? 0) > (short[prompt] ?? 0)));
    expect(longer).toMatchObject({ length_controlled_winrate: null, lc_standard_error: null, n_total: 40 });
    // Always much longer: what would be at equal length was never seen.
    const always = boardOf(
      short.map((length, prompt) => length + 500 + 100 * (prompt % 5)),
      (prompt) => Number(prompt % 3 > 0),
    );
    expect(always?.win_rate).toBeGreaterThan(60);
    expect(always).toMatchObject({ length_controlled_winrate: null, lc_standard_error: null });
  });

  it('takes length out where a judge only looks at that', () => {
    const random = seededRandom(11);
    const lengths = (mean: number) => Array.from({ length: 400 }, () => Math.round(mean * (0.5 + random())));
    const [short, long] = [lengths(500), lengths(700)];
    const all = short.map((length, prompt) =>
      compared(prompt, 0, 1, random() < 1 / (1 + Math.exp((length - (long[prompt] ?? 0)) / 150)) ? 0 : 1),
    );
    const entrants = [
      { name: 'base', row: '?'.repeat(400), length: short },
      { name: 'long', row: '?'.repeat(400), length: long },
    ];
    const report = reportOf(evalData(entrants, { comparisons: all }));
    const board = byName(report.contestants, 'long').board;
    expect(board?.win_rate).toBeGreaterThan(65);
    expect(Math.abs((board?.length_controlled_winrate ?? 0) - 50)).toBeLessThan(2.5 * (board?.lc_standard_error ?? 0));
    expect(report.warnings.map(({ code }) => code)).toContain('judge_length');
  });
});

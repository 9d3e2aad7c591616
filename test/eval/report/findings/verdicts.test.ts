import { describe, expect, it } from 'vitest';
import { compared, type Entrant, evalData, marks, reportOf } from '../sample-data.js';

const single = (row: string, cost: number | null = 0.01): Entrant => ({ name: 'gpt-4', row, cost });
const fuse = (row: string, cost: number | null = 0.013): Entrant => ({ name: 'three:fuse', role: 'mixture', strategy: 'fuse', row, cost });
const sentenceOf = (...entrants: Entrant[]) => reportOf(evalData(entrants)).verdicts.map(({ sentence }) => sentence);

describe('the verdict', () => {
  it('is worse where the mixture loses, in points and with the price', () => {
    const [verdict] = reportOf(
      evalData([
        fuse(
          marks([
            ['1', 60],
            ['0', 40],
          ]),
        ),
        single(
          marks([
            ['1', 90],
            ['0', 10],
          ]),
        ),
      ]),
    ).verdicts;
    expect(verdict).toMatchObject({
      contestant: 'three:fuse',
      against: 'gpt-4',
      against_role: 'best_single',
      finding: 'worse',
      prompts_needed: null,
    });
    expect(verdict?.sentence).toMatch(
      /^three:fuse is worse than gpt-4 alone: 60\.0 % against 90\.0 % right \(30\.0 points less, 95 % interval 2[0-9]\.\d to [34]\d\.\d\), at 1\.3 times its price\.$/,
    );
  });

  it('is better where it wins', () => {
    const [sentence] = sentenceOf(
      fuse(
        marks([
          ['1', 90],
          ['0', 10],
        ]),
        0.03,
      ),
      single(
        marks([
          ['1', 60],
          ['0', 40],
        ]),
      ),
    );
    expect(sentence).toMatch(
      /^three:fuse is better than gpt-4 alone: 90\.0 % against 60\.0 % right \(30\.0 points more, .*\), at 3 times its price\.$/,
    );
  });

  it('is not worse where the interval ends above the margin', () => {
    const [verdict] = reportOf(
      evalData([
        fuse('1'.repeat(400), 0.0058),
        single(
          marks([
            ['1', 399],
            ['0', 1],
          ]),
        ),
      ]),
    ).verdicts;
    expect(verdict?.finding).toBe('not_worse');
    expect(verdict?.sentence).toMatch(
      /^three:fuse is not worse than gpt-4 alone: 100\.0 % against 99\.8 % right \(0\.[23] points more, 95 % interval 0\.\d less to \d\.\d more, margin 2\), at 0\.58 times its price\.$/,
    );
  });

  it('is not shown where the data allow either, and says how many prompts it takes', () => {
    const data = evalData([
      fuse(
        marks([
          ['1', 20],
          ['0', 10],
          ['1', 12],
        ]),
      ),
      single(
        marks([
          ['0', 8],
          ['1', 34],
        ]),
      ),
    ]);
    const [verdict] = reportOf(data).verdicts;
    expect(verdict?.finding).toBe('not_shown');
    expect(verdict?.prompts_needed).toBeGreaterThan(42);
    expect(verdict?.sentence).toMatch(
      /^Nothing is shown of three:fuse against gpt-4 alone: 76\.2 % against 81\.0 % right \(4\.8 points less, 95 % interval \d+\.\d less to \d+\.\d more\), at 1\.3 times its price; a difference of this size takes about [\d,]+ prompts to show\.$/,
    );
  });

  it.each([
    [
      marks([
        ['1', 8],
        ['0', 4],
      ]),
      marks([
        ['1', 11],
        ['0', 1],
      ]),
      /^12 prompts are too few for any verdict on three:fuse against gpt-4 alone: to show a difference like the one seen here takes about \d+\.$/,
    ],
    [
      '1',
      '1',
      /^1 prompt is too few for any verdict on three:fuse against gpt-4 alone: no difference was seen, and at least 20 are needed to say more\.$/,
    ],
    ['?', '1', /^Nothing is known of three:fuse against gpt-4 alone: no prompt tells which of them is right or better\.$/],
  ])('says of few prompts that they are too few: %s', (mine, theirs, sentence) => {
    const [verdict] = reportOf(evalData([fuse(mine), single(theirs)])).verdicts;
    expect(verdict?.finding).toBe('too_few');
    expect(verdict?.sentence).toMatch(sentence);
  });

  it('finds nothing in 19 wins of 19, and something in 20 of 20', () => {
    const findings = [19, 20].map((n) => reportOf(evalData([fuse('1'.repeat(n)), single('0'.repeat(n))])).verdicts[0]?.finding);
    expect(findings).toEqual(['too_few', 'better']);
  });

  it('is one per opponent: the best single model, then that model sampled at the same price', () => {
    const row = marks([
      ['1', 30],
      ['0', 10],
    ]);
    const report = reportOf(
      evalData([
        fuse(row),
        {
          name: 'weak',
          row: marks([
            ['0', 30],
            ['1', 10],
          ]),
        },
        single(row),
        { name: 'gpt-4 x2', role: 'sampled', matches: ['three:fuse'], samples: 2, row },
        { name: 'gpt-4 x3', role: 'sampled', matches: ['another'], samples: 3, row },
      ]),
    );
    expect(report.verdicts.map(({ against, against_role }) => [against, against_role])).toEqual([
      ['gpt-4', 'best_single'],
      ['gpt-4 x2', 'sampled'],
    ]);
    expect(report.verdicts[1]?.sentence).toMatch(
      /^Nothing is shown of three:fuse against gpt-4 x2 \(one model, sampled\): 75\.0 % against 75\.0 % right \(no difference, 95 % interval \d\.\d less to \d\.\d more\), at 1\.3 times its price\.$/,
    );
  });

  it('finds the sampled model that several mixtures share', () => {
    const row = '1'.repeat(40);
    const report = reportOf(
      evalData([
        fuse(row),
        { name: 'another', role: 'mixture', strategy: 'vote', row },
        single(row),
        { name: 'gpt-4 x2', role: 'sampled', matches: ['three:fuse', 'another'], samples: 2, row },
      ]),
    );
    expect(report.verdicts.map(({ contestant, against }) => [contestant, against])).toEqual([
      ['three:fuse', 'gpt-4'],
      ['three:fuse', 'gpt-4 x2'],
      ['another', 'gpt-4'],
      ['another', 'gpt-4 x2'],
    ]);
  });

  it('compares the others with the baseline where no mixture takes part', () => {
    const [weak, strong, third]: Entrant[] = [
      {
        name: 'weak',
        role: 'model',
        row: marks([
          ['1', 10],
          ['0', 30],
        ]),
        cost: 0.01,
      },
      { name: 'strong', role: 'model', row: '1'.repeat(40), cost: 0.02 },
      { name: 'third', role: 'model', row: '0'.repeat(40), cost: 0.03 },
    ] as const;
    const few = reportOf(evalData([weak, third, strong])).verdicts;
    expect(few.map(({ contestant, against, against_role, finding }) => [contestant, against, against_role, finding])).toEqual([
      ['strong', 'weak', 'baseline', 'better'],
      ['third', 'weak', 'baseline', 'worse'],
    ]);
    expect(few[0]?.sentence).toMatch(
      /^strong is better than weak: 100\.0 % against 25\.0 % right \(75\.0 points more, .*\), at 2 times its price\.$/,
    );
    const many = [weak, third, { ...third, name: 'fourth' }, strong];
    expect(reportOf(evalData(many)).verdicts.map(({ contestant }) => contestant)).toEqual(['strong']);
    expect(reportOf(evalData(many), { baseline: 'strong' }).verdicts.map(({ contestant }) => contestant)).toEqual(['weak']);
  });

  it('of answers from files has no price, and is missing where they are many', () => {
    const given = (name: string, mark: string): Entrant => ({ name, role: 'given', row: mark.repeat(40), cost: null });
    const [verdict, ...more] = reportOf(evalData([given('theirs', '0'), given('ours', '1')])).verdicts;
    expect(more).toEqual([]);
    expect(verdict?.sentence).toBe(
      'ours is better than theirs: 100.0 % against 0.0 % right (100.0 points more, 95 % interval 86.0 to 100.0).',
    );
    const board = ['a', 'b', 'c', 'd'].map((name) => given(name, '1'));
    expect(reportOf(evalData(board)).verdicts).toEqual([]);
  });

  it('tells the kinds of prompt apart where they differ', () => {
    const data = evalData([fuse('1'.repeat(120)), single('10'.repeat(60))], { kinds: ['math', 'writing'] });
    const [verdict] = reportOf(data).verdicts;
    expect(verdict?.finding).toBe('better');
    expect(verdict?.kinds).toEqual({ writing: 'better', math: 'not_shown' });
    expect(verdict?.sentence).toMatch(/, at 1\.3 times its price; better for writing, not shown for math\.$/);
  });

  it('leaves kinds out where all prompts are of one', () => {
    expect(reportOf(evalData([fuse('1'.repeat(40)), single('0'.repeat(40))])).verdicts[0]?.kinds).toEqual({});
  });

  it('speaks of comparisons where judges decide', () => {
    const comparisons = Array.from({ length: 100 }, (_, i) => compared(i, 0, 1, i < 80 ? 1 : 0));
    const [verdict] = reportOf(evalData([fuse('?'.repeat(100)), single('?'.repeat(100))], { comparisons })).verdicts;
    expect(verdict?.finding).toBe('better');
    expect(verdict?.sentence).toMatch(/^three:fuse is better than gpt-4 alone: it wins 80\.0 % of the comparisons \(60\.0 points more, /);
  });

  it.each([
    [null, 0.01, /, at a price that is not known\.$/],
    [0.01, null, /, at a price that is not known\.$/],
    [0.01, 0, /, against one that costs nothing\.$/],
    [0, 0, /, both at no cost\.$/],
    [0.01, 0.01, /, at about the same price\.$/],
  ])('says what is known of prices: %s against %s', (mine, theirs, end) => {
    expect(sentenceOf(fuse('1'.repeat(40), mine), single('0'.repeat(40), theirs))[0]).toMatch(end);
  });

  it('takes a p that one verdict would show back where there are many', () => {
    // 8 wins against 0 losses: p = 0.0078, which 7 verdicts do not leave below 0.05.
    const mine = marks([['1', 108]]);
    const theirs = marks([
      ['1', 100],
      ['0', 8],
    ]);
    const alone = reportOf(evalData([fuse(mine), single(theirs)])).verdicts;
    expect(alone[0]?.finding).toBe('better');
    const more = Array.from({ length: 6 }, (_, i): Entrant => ({ ...fuse(theirs), name: `same ${i}` }));
    const all = reportOf(evalData([fuse(mine), ...more, single(theirs)])).verdicts;
    expect(all).toHaveLength(7);
    expect(all[0]?.finding).toBe('not_worse');
    const turned = reportOf(evalData([fuse(theirs), ...more, single(mine)])).verdicts;
    expect(turned[0]?.sentence).toMatch(
      /^Nothing is shown of three:fuse against gpt-4 alone: 92\.6 % against 100\.0 % right \(7\.4 points less, 95 % interval \d\.\d to 1\d\.\d, but p is not below 0\.05\), /,
    );
  });
});

import { describe, expect, it } from 'vitest';
import { type Entrant, evalData, marks, reportOf } from '../sample-data.js';

const recommended = (entrants: Entrant[], kinds?: Parameters<typeof evalData>[1]) => reportOf(evalData(entrants, kinds)).recommendations;
const fuse = (row: string, cost: number | null = 0.03): Entrant => ({ name: 'default', role: 'mixture', strategy: 'fuse', row, cost });
const good = marks([
  ['1', 180],
  ['0', 20],
]);
const bad = marks([
  ['1', 120],
  ['0', 80],
]);

describe('a recommendation', () => {
  it('is the cheapest that is as good as the best', () => {
    const entrants: Entrant[] = [fuse(good), { name: 'strong', row: good, cost: 0.02 }, { name: 'weak', row: bad, cost: 0.001 }];
    expect(recommended([fuse('1'.repeat(400)), { name: 'strong', row: '1'.repeat(400), cost: 0.02 }])).toEqual([
      { kind: null, contestant: 'strong', why: 'It is the best one seen, and cheaper than default.' },
    ]);
    expect(recommended(entrants).map(({ contestant }) => contestant)).toEqual(['strong']);
  });

  it('names the best one where nothing cheaper is near it, if that is more than chance', () => {
    expect(recommended([fuse(bad), { name: 'strong', row: good, cost: 0.05 }])).toEqual([
      { kind: null, contestant: 'strong', why: 'It is the best one seen, and better than default.' },
    ]);
    expect(recommended([fuse(good), { name: 'weak', row: bad, cost: 0.001 }])).toEqual([
      { kind: null, contestant: 'default', why: 'It is the best one seen, and all that is cheaper is worse.' },
    ]);
  });

  it('says how a cheaper one compares with the best', () => {
    const best = marks([
      ['1', 391],
      ['0', 9],
    ]);
    const near = marks([
      ['1', 390],
      ['0', 10],
    ]);
    expect(recommended([fuse(best), { name: 'near', row: near, cost: 0.006 }])).toEqual([
      { kind: null, contestant: 'near', why: 'It is not worse than default, the best one seen, at 0.2 times its price.' },
    ]);
  });

  it('is missing on few prompts, and where chance may explain all', () => {
    expect(recommended([fuse('0'.repeat(19)), { name: 'strong', row: '1'.repeat(19), cost: 0.01 }])).toEqual([]);
    const [one, other] = [
      marks([
        ['1', 20],
        ['0', 10],
      ]),
      marks([
        ['0', 9],
        ['1', 21],
      ]),
    ];
    expect(recommended([fuse(one), { name: 'other', row: other, cost: 0.05 }])).toEqual([]);
  });

  it('is nobody where all cost the same and none is shown to be worse', () => {
    for (const cost of [0, 0.01]) expect(recommended([fuse(good, cost), { name: 'alike', row: good, cost }])).toEqual([]);
  });

  it.each([
    [0, 'all others that cost nothing are worse'],
    [0.01, 'all others at its price are worse'],
  ])('goes by quality alone where all cost $%d', (cost, why) => {
    expect(recommended([fuse(good, cost), { name: 'weak', row: bad, cost }])).toEqual([
      { kind: null, contestant: 'default', why: `It is the best one seen, and ${why}.` },
    ]);
  });

  it('stays with the best one that is cheapest too', () => {
    expect(recommended([fuse(good, 0.01), { name: 'alike', row: good, cost: 0.02 }])).toEqual([
      { kind: null, contestant: 'default', why: 'It is the best one seen, and nothing is cheaper.' },
    ]);
  });

  it('passes over those that fail often, unless all do', () => {
    const shaky: Entrant = {
      name: 'shaky',
      row: marks([
        ['1', 176],
        ['x', 24],
      ]),
      cost: 0.001,
    };
    expect(recommended([fuse(bad), shaky]).map(({ contestant }) => contestant)).not.toContain('shaky');
    const all = {
      ...fuse(
        marks([
          ['1', 100],
          ['x', 100],
        ]),
      ),
    };
    expect(recommended([all, shaky]).map(({ contestant }) => contestant)).toEqual(['shaky']);
  });

  it('never names answers that a file gave', () => {
    expect(
      recommended([
        { name: 'a', role: 'given', row: bad },
        { name: 'b', role: 'given', row: good },
      ]),
    ).toEqual([]);
  });

  it('is told for a kind of prompt where it is another one', () => {
    const [math, code] = ['10'.repeat(100), '01'.repeat(100)];
    const list = recommended([fuse('00'.repeat(100)), { name: 'm', row: math, cost: 0.01 }, { name: 'c', row: code, cost: 0.02 }], {
      kinds: ['math', 'code'],
    });
    expect(list).toEqual([
      { kind: null, contestant: 'm', why: 'It is the best one seen, and better than default.' },
      { kind: 'code', contestant: 'c', why: 'It is the best one seen for code, and better than default.' },
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/core/random.js';
import { count, fewestMore, fewestToSettle, settled, type Voter, winners } from '../../../src/engine/ballot/count.js';

/** `a2` is a voter of family a with weight 2; ids are v1, v2, … */
function voters(...list: string[]): Voter[] {
  return list.map((text, i) => ({ id: `v${i + 1}`, family: text[0] ?? '', weight: Number(text.slice(1) || 1) }));
}

/** Answers in the voters' order; `-` for none. */
function said(text: string): Map<string, string> {
  return new Map([...text].flatMap((answer, i): [string, string][] => (answer === '-' ? [] : [[`v${i + 1}`, answer]])));
}

const out = (...ids: number[]) => new Set(ids.map((id) => `v${id}`));

describe('counting', () => {
  it.each([
    ['the most families win', ['a', 'b', 'c'], 'xyy', 'y', ['v2', 'v3']],
    ['weights count', ['a3', 'b', 'c'], 'xyy', 'x', ['v1']],
    ['a tie goes to the heaviest single voter', ['a', 'b', 'c2'], 'xxy', 'y', ['v3']],
    ['then to the first in config order', ['a', 'b', 'c'], 'xyz', 'x', ['v1']],
    ['a family has one vote, whatever its size', ['a', 'a', 'a', 'b2'], 'xxxy', 'y', ['v4']],
    ['a silent voter is not counted', ['a5', 'b', 'c'], '-yy', 'y', ['v2', 'v3']],
    ['samples of one family vote each on their own', ['a', 'a', 'a'], 'xyy', 'y', ['v2', 'v3']],
    ['the heaviest of the winners comes first', ['a', 'b3', 'c2'], 'xxx', 'x', ['v2', 'v3', 'v1']],
  ])('%s', (_name, list, answers, winner, backers) => {
    const ballot = count(voters(...list), said(answers));
    expect(ballot.winner).toBe(winner);
    expect(winners(ballot)).toEqual(backers);
  });

  it('splits a family’s vote, as large as its heaviest that answered, by weight', () => {
    const ballot = count(voters('a3', 'a1', 'a9', 'b'), said('xy-y'));
    expect(ballot.votes.get('x')).toBeCloseTo(2.25, 12);
    expect(ballot.votes.get('y')).toBeCloseTo(1.75, 12);
  });

  it('gives each sample of a lone family its own vote', () => {
    expect(count(voters('a', 'a', 'a'), said('xyy')).votes.get('y')).toBe(2);
  });

  it('has no winner while nobody has voted', () => {
    const ballot = count(voters('a', 'b'), new Map());
    expect(ballot.winner).toBeNull();
    expect(winners(ballot)).toEqual([]);
  });
});

describe('settled', () => {
  it.each([
    ['two of three agree', ['a', 'b', 'c'], 'xx-', out(3), true],
    ['two of three do not', ['a', 'b', 'c'], 'xy-', out(3), false],
    ['a last vote can only tie, and the tie is won', ['a', 'b', 'c2'], 'xx-', out(3), false],
    ['a last vote can only tie, and the tie is lost', ['a2', 'b', 'c', 'd'], 'xy--', out(3, 4), false],
    ['the heaviest wins every tie', ['a2', 'b', 'c'], 'x--', out(2, 3), true],
    ['the first wins a tie of equals', ['a', 'b', 'c', 'd'], 'xx--', out(3, 4), true],
    ['the later ones lose a tie of equals', ['a', 'b', 'c', 'd'], '--xx', out(1, 2), false],
    ['a sister of the winner could take half of its vote', ['a', 'a', 'b'], 'x-y', out(2), false],
    ['nobody is left', ['a', 'b'], 'xy', out(), true],
    ['nobody has voted', ['a', 'b'], '--', out(1, 2), false],
  ])('%s', (_name, list, answers, stillOut, expected) => {
    expect(settled(count(voters(...list), said(answers)), stillOut)).toBe(expected);
  });

  it('says the same as trying every possible ending, families or not', () => {
    const random = seededRandom(7);
    const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
    let settledOnes = 0;
    for (let round = 0; round < 1_500; round++) {
      const all = voters(...Array.from({ length: 2 + Math.floor(random() * 4) }, () => pick(['a', 'b', 'c', 'd']) + pick([1, 2, 3, 0.5])));
      const now = new Map(all.flatMap(({ id }): [string, string][] => (random() < 0.5 ? [[id, pick(['x', 'y', 'z'])]] : [])));
      const open = all.filter(({ id }) => !now.has(id)).map(({ id }) => id);
      const ballot = count(all, now);
      const endings = open.reduce<Map<string, string>[]>(
        (maps, id) => maps.flatMap((map) => [map, ...['x', 'y', 'z', 'new'].map((answer) => new Map(map).set(id, answer))]),
        [now],
      );
      const expected = open.length === 0 || (ballot.winner !== null && endings.every((end) => count(all, end).winner === ballot.winner));
      expect(settled(ballot, new Set(open)), JSON.stringify({ all, now: [...now] })).toBe(expected);
      if (expected && open.length > 0) settledOnes += 1;
    }
    expect(settledOnes).toBeGreaterThan(50);
  });
});

describe('how many to ask', () => {
  it.each([
    [['a', 'b', 'c'], 2],
    [['a5', 'b', 'c'], 2],
    [['a', 'b', 'c', 'd'], 2],
    [['a', 'b', 'c', 'd', 'e'], 3],
    [['a', 'a', 'b'], 2],
    [['a', 'a', 'b', 'c'], 3],
    [['a', 'a', 'a'], 2],
    [['a', 'b'], 2],
    [['a'], 1],
    [['a', 'b', 'c3', 'd3'], 2],
  ])('%j start with %i', (list, n) => {
    expect(fewestToSettle(voters(...list))).toBe(n);
  });

  it('of a hundred who all disagree is found in no time worth mentioning', () => {
    const hundred = Array.from({ length: 100 }, (_, i): Voter => ({ id: `v${i + 1}`, family: `f${i}`, weight: 1 + (i % 3) }));
    const half = new Map(hundred.slice(0, 50).map(({ id }, i): [string, string] => [id, `answer ${i}`]));
    const started = performance.now();
    expect(fewestToSettle(hundred)).toBeGreaterThan(30);
    expect(fewestMore(count(hundred, half), hundred.slice(50))).toBeGreaterThan(5);
    expect(performance.now() - started).toBeLessThan(500);
  });

  it('then as many as can settle it', () => {
    const five = voters('a', 'b', 'c', 'd', 'e');
    expect(fewestMore(count(five, said('xxy--')), five.slice(3))).toBe(1);
    expect(fewestMore(count(five, said('-xy--')), [five[0] as Voter, ...five.slice(3)])).toBe(2);
  });
});

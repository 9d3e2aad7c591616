import { describe, expect, it } from 'vitest';
import { type Games, ratings, styleDifferences } from '../../../src/eval/statistics/bradley-terry.js';

type Game = readonly [a: number, b: number, preference: number];

const PLAYED: readonly Game[] = [
  [0, 1, 1],
  [0, 1, 1],
  [0, 1, 0],
  [1, 2, 0.5],
  [1, 2, 1],
  [0, 2, 1],
  [0, 2, 0],
  [2, 0, 0.25],
];

const STYLE = [
  [1, 0, 0.5, 0],
  [-0.5, 1, 0, 0],
  [0, -1, 1, 0],
  [0.3, 0.3, 0.3, 0],
  [1.2, 0, 0, 0],
  [-1, -1, 0, 0],
  [0.4, 0.2, -0.7, 0],
  [0.1, 0.8, 0.2, 0],
];

function games(played: readonly Game[], style: Float64Array | null = null): Games {
  return {
    a: Int32Array.from(played, ([a]) => a),
    b: Int32Array.from(played, ([, b]) => b),
    preference: Float64Array.from(played, ([, , preference]) => preference),
    prompt: Int32Array.from(played, (_, i) => i),
    style,
  };
}

const times = (n: number, game: Game): Game[] => Array.from({ length: n }, () => game);
const options = { contestants: 3, resamples: 200, seed: 1, styled: false };
const values = (found: readonly { value: number }[]) => found.map(({ value }) => value);

function expectClose(found: readonly { value: number }[], expected: readonly number[], digits: number) {
  expect(found).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) expect(found[i]?.value).toBeCloseTo(value, digits);
}

describe('Bradley-Terry ratings', () => {
  // Known values: scipy.optimize.minimize of the same loss.
  it('are those of the fit, with a mean of 1000', () => {
    expectClose(ratings(games(PLAYED), options), [1059.5856650209073, 1008.6597478095373, 931.7545871695553], 6);
  });

  it('take out what style explains', () => {
    const styled = games(PLAYED, Float64Array.from(STYLE.flat()));
    expectClose(ratings(styled, { ...options, styled: true }), [1078.5297039789334, 1033.5800454486116, 887.8902505724551], 6);
    expect(ratings(styled, options)).toEqual(ratings(games(PLAYED), options));
    expect(ratings(games(PLAYED), { ...options, styled: true })).toEqual(ratings(games(PLAYED), options));
  });

  it('lie 400 points apart at odds of ten to one', () => {
    const found = ratings(games([...times(1000, [0, 1, 1]), ...times(100, [0, 1, 0])]), { ...options, contestants: 2 });
    expect(found[0]!.value - found[1]!.value).toBeCloseTo(400, 1);
  });

  it('count a tie as half a win, and do not mind who comes first', () => {
    const ties = games([...times(6, [0, 1, 0.5]), [0, 1, 1]]);
    const halves = games([...times(3, [0, 1, 1]), ...times(3, [1, 0, 1]), [1, 0, 0]]);
    const [one, other] = [ties, halves].map((each) => values(ratings(each, { ...options, contestants: 2 })));
    expect(one![0]).toBeCloseTo(other![0]!, 6);
    expect(one![0]).toBeGreaterThan(1000);
  });

  it('are finite where one wins all, in an interval with a width', () => {
    const [first, second] = ratings(games(times(30, [0, 1, 1])), { ...options, contestants: 2 });
    expect(first!.value).toBeGreaterThan(1300);
    expect(first!.value).toBeLessThan(2000);
    // 20 to 1 is within reach of 30 wins: half of 400 * log10(20) above the mean.
    expect(first!.low).toBeLessThan(1261);
    expect(first!.high).toBeGreaterThan(first!.value);
    expect(second!.value).toBeCloseTo(2000 - first!.value, 6);
  });

  it('say nothing of a contestant without a game, and it changes nothing for the others', () => {
    const found = ratings(games(times(50, [0, 1, 1]).concat(times(30, [0, 1, 0]))), options);
    const without = ratings(games(times(50, [0, 1, 1]).concat(times(30, [0, 1, 0]))), { ...options, contestants: 2 });
    expect(found[2]!.value).toBeCloseTo(1000, 6);
    expect(found[2]!.high - found[2]!.low).toBeGreaterThan(1000);
    expectClose(found.slice(0, 2), values(without), 6);
    expect(Math.abs(found[0]!.high - without[0]!.high)).toBeLessThan(15);
  });

  it('keep the games of one prompt together', () => {
    // The same judgement ten times is one judgement, not ten.
    const alone = games([...times(30, [0, 1, 1]), ...times(20, [0, 1, 0])]);
    const tenfold = games(Array.from({ length: 10 }, () => [...times(30, [0, 1, 1]), ...times(20, [0, 1, 0])] as const).flat());
    tenfold.prompt = tenfold.prompt.map((i) => i % 50);
    const [one, ten] = [alone, tenfold].map((each) => ratings(each, { ...options, contestants: 2, resamples: 1000 })[0]!);
    expect(ten!.value).toBeCloseTo(one!.value, 0);
    expect((ten!.high - ten!.low) / (one!.high - one!.low)).toBeGreaterThan(0.85);
    expect((ten!.high - ten!.low) / (one!.high - one!.low)).toBeLessThan(1.15);
  });

  it('are 1000 where nothing was played', () => {
    expectClose(ratings(games([]), options), [1000, 1000, 1000], 9);
  });

  it('are the same for the same seed', () => {
    expect(ratings(games(PLAYED), options)).toEqual(ratings(games(PLAYED), options));
    expect(ratings(games(PLAYED), { ...options, seed: 2 })).not.toEqual(ratings(games(PLAYED), options));
  });
});

describe('differences in style', () => {
  const plain = { length: 99, headings: 0, list_items: 0, bold: 0 };

  it('are relative to both, with a mean square of 1', () => {
    const long = { ...plain, length: 300, bold: 3 };
    const style = styleDifferences([
      { a: long, b: plain },
      { a: plain, b: plain },
    ]);
    expect(style[0]).toBeCloseTo(Math.SQRT2, 12);
    expect([...style].slice(1, 3)).toEqual([0, 0]);
    expect(style[3]).toBeCloseTo(Math.SQRT2, 12);
    expect([...style].slice(4)).toEqual([0, 0, 0, 0]);
  });

  it('keep the proportions of games', () => {
    const style = styleDifferences([
      { a: { ...plain, headings: 3 }, b: plain },
      { a: plain, b: { ...plain, headings: 1 } },
    ]);
    expect(style[1]! / style[5]!).toBeCloseTo(0.75 / -0.5, 12);
  });

  it('are none where a text is missing', () => {
    expect(styleDifferences([{ a: null, b: plain }])).toEqual(new Float64Array(4));
    expect(styleDifferences([])).toEqual(new Float64Array());
  });
});

import { describe, expect, it } from 'vitest';
import { type Random, seededRandom } from '../../../src/core/random.js';
import { type Games, ratings } from '../../../src/eval/statistics/bradley-terry.js';
import { promptDifficulty } from '../../../src/eval/statistics/difficulty.js';
import { lengthControlled } from '../../../src/eval/statistics/length-control.js';
import { pairedDifference } from '../../../src/eval/statistics/paired.js';
import { positionBias } from '../../../src/eval/statistics/position.js';
import { wilson } from '../../../src/eval/statistics/proportion.js';
import { boardLine } from '../../../src/eval/statistics/win-rate.js';

const REPLICATIONS = 500;
const Z = 1.96;

type Interval = { low: number; high: number };

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
const normal = (random: Random) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const drawn = (n: number, draw: () => number) => Float64Array.from({ length: n }, draw);
const around = (value: number, error: number | null): Interval => ({ low: value - Z * error!, high: value + Z * error! });

/** How often what `replicate` makes of its own random numbers is true. */
function share(seed: number, replicate: (random: Random, seed: number) => boolean): number {
  let held = 0;
  for (let i = 0; i < REPLICATIONS; i++) if (replicate(seededRandom(seed * 100_000 + i), i)) held++;
  return held / REPLICATIONS;
}

const covers = (truth: number, { low, high }: Interval) => low <= truth && truth <= high;

function expectNominal(coverage: number) {
  expect(coverage).toBeGreaterThanOrEqual(0.93);
  expect(coverage).toBeLessThanOrEqual(0.97);
}

describe(`intervals at 95 % over ${REPLICATIONS} replications`, () => {
  it.each([
    [30, 0.6],
    [100, 0.75],
    [300, 0.9],
  ])('of accuracy: %i prompts, %f right', (n, p) => {
    expectNominal(
      share(n, (random) =>
        covers(
          p,
          wilson(
            drawn(n, () => (random() < p ? 1 : 0)).reduce((a, b) => a + b),
            n,
          ),
        ),
      ),
    );
  });

  it.each([
    [30, 0.3, 0.2],
    [30, 0.5, 0.1],
    [100, 0.2, 0.1],
    [100, 0.05, 0.05],
    [300, 0.1, 0.05],
    [300, 0.03, 0.01],
  ])('of the difference of right answers: %i prompts, %f won, %f lost', (n, won, lost) => {
    const draw = (random: Random) => () => {
      const u = random();
      return u < won ? 1 : u < won + lost ? -1 : 0;
    };
    expectNominal(share(n, (random, seed) => covers(won - lost, pairedDifference(drawn(n, draw(random)), { resamples: 400, seed }))));
  });

  it.each([30, 100, 300])('of the difference of preferences: %i prompts', (n) => {
    const draw = (random: Random) => () => 2 * Math.sqrt(random()) - 1;
    expectNominal(share(n, (random, seed) => covers(1 / 3, pairedDifference(drawn(n, draw(random)), { resamples: 200, seed }))));
  });

  it.each([100, 300, 805])('of the win rate: %i prompts', (n) => {
    const interval = (random: Random) => {
      const line = boardLine(drawn(n, () => (random() < 0.2 ? 0.5 : random() < 0.6 ? 1 - 0.3 * random() : 0.3 * random())));
      return around(line.win_rate, line.standard_error);
    };
    const truth = 100 * (0.2 * 0.5 + 0.8 * (0.6 * 0.85 + 0.4 * 0.15));
    expectNominal(share(n, (random) => covers(truth, interval(random))));
  });

  it.each([false, true])('of ratings, games of a prompt alike: %s', (alike) => {
    const strengths = [0, 0.5, 1, -0.7];
    const truth = strengths.map((strength) => 1000 + (400 / Math.LN10) * (strength - 0.2));
    const covered = strengths.map(() => 0);
    for (let i = 0; i < REPLICATIONS; i++) {
      const found = ratings(played(60, strengths, alike, seededRandom(700_000 + i)), options(i, strengths.length));
      for (const [who, interval] of found.entries()) if (covers(truth[who]!, interval)) covered[who] = covered[who]! + 1;
    }
    for (const count of covered) expectNominal(count / REPLICATIONS);
  });
});

const options = (seed: number, contestants: number) => ({ contestants, resamples: 200, seed, styled: false });

/** Everybody meets everybody on each prompt; where they are `alike`, one throw of the dice decides all games of a prompt. */
function played(prompts: number, strengths: readonly number[], alike: boolean, random: Random, likesLength = 0): Games {
  const all: { a: number; b: number; preference: number; prompt: number; style: number[] }[] = [];
  for (let prompt = 0; prompt < prompts; prompt++) {
    const dice = random();
    for (let a = 0; a < strengths.length; a++) {
      for (let b = a + 1; b < strengths.length; b++) {
        // Who comes later in the list writes more.
        const longer = likesLength === 0 ? 0 : a - b + normal(random);
        const p = sigmoid(strengths[a]! - strengths[b]! + likesLength * longer);
        all.push({ a, b, preference: (alike ? dice : random()) < p ? 1 : 0, prompt, style: [longer, 0, 0, 0] });
      }
    }
  }
  return {
    a: Int32Array.from(all, ({ a }) => a),
    b: Int32Array.from(all, ({ b }) => b),
    preference: Float64Array.from(all, ({ preference }) => preference),
    prompt: Int32Array.from(all, ({ prompt }) => prompt),
    style: Float64Array.from(all.flatMap(({ style }) => style)),
  };
}

describe('a judge that prefers length', () => {
  /** The contestant writes 30 % more than the baseline, and is worse: at equal length it wins this share. */
  const truth = 100 * sigmoid(-0.5);

  function judged(n: number, random: Random) {
    const baseline_length = drawn(n, () => 1000 * Math.exp(0.4 * normal(random)));
    const length = baseline_length.map((other) => other * 1.3 * Math.exp(0.4 * normal(random)));
    const differences = baseline_length.map((other, i) => other - length[i]!);
    const centre = differences.reduce((a, b) => a + b) / n;
    const deviation = Math.sqrt(differences.reduce((sum, d) => sum + (d - centre) ** 2, 0) / n);
    const preference = differences.map((d) => (random() < sigmoid(-0.5 - 1.5 * Math.tanh(d / deviation)) ? 1 : 0));
    return { preference, length, baseline_length, difficulty: null };
  }

  it.each([100, 300])('is corrected by the length control: %i prompts', (n) => {
    const controlled = (random: Random) => {
      const { win_rate, standard_error } = lengthControlled(judged(n, random), null)!;
      return around(win_rate, standard_error);
    };
    const raw = (random: Random) => {
      const { win_rate, standard_error } = boardLine(judged(n, random).preference);
      return around(win_rate, standard_error);
    };
    expectNominal(share(n, (random) => covers(truth, controlled(random))));
    expect(share(n, (random) => covers(truth, raw(random)))).toBeLessThan(0.5);
  });

  it('is corrected where prompts differ in difficulty too, as the other contestants show it', () => {
    const n = 200;
    const inside = share(5, (random) => {
      const easy = drawn(n, () => normal(random));
      const others = Array.from({ length: 5 }, () => easy.map((each) => (random() < sigmoid(each) ? 1 : 0)));
      const rows = judged(n, random);
      const preference = easy.map((each) => (random() < sigmoid(each - 0.5) ? 1 : 0));
      const difficulty = promptDifficulty([preference, ...others], 0);
      const found = lengthControlled({ ...rows, preference, difficulty }, null)!;
      // Of these prompts: what a normal difficulty makes of a logit of -0.5, by numerical integration.
      return covers(39.797, around(found.win_rate, found.standard_error));
    });
    expectNominal(inside);
  });

  it('is corrected by style control of the ratings', () => {
    const games = (seed: number) => played(400, [1, 0.5, 0], false, seededRandom(seed), 0.8);
    const order = (styled: boolean) => ratings(games(1), { ...options(1, 3), resamples: 20, styled }).map(({ value }) => value);
    const [first, , last] = order(false);
    expect(first).toBeLessThan(last!);
    const [best, middle, worst] = order(true);
    expect(best! - worst!).toBeGreaterThan(90);
    expect(best! - worst!).toBeLessThan(260);
    expect(middle).toBeGreaterThan(worst!);
    expect(middle).toBeLessThan(best!);
  });
});

describe('a judge with position bias', () => {
  /** Two looks at each of 100 pairs, `bias` in logits for what is shown first. */
  function looks(bias: number, random: Random) {
    return Array.from({ length: 100 }, () => {
      const better = 2 * normal(random);
      return { ab: random() < sigmoid(better + bias) ? 1 : 0, ba: random() < sigmoid(better - bias) ? 1 : 0 };
    });
  }

  it('is found out, and the mean of both orders is right', () => {
    expect(share(1, (random) => positionBias(looks(0.8, random))!.p < 0.05)).toBeGreaterThan(0.9);
    const means = Array.from({ length: REPLICATIONS }, (_, i) =>
      looks(0.8, seededRandom(i)).reduce((sum, { ab, ba }) => sum + (ab + ba) / 200, 0),
    );
    expect(means.reduce((a, b) => a + b) / REPLICATIONS).toBeCloseTo(0.5, 2);
  });

  it('is not invented', () => {
    const alarms = share(2, (random) => positionBias(looks(0, random))!.p < 0.05);
    expect(alarms).toBeGreaterThan(0.005);
    expect(alarms).toBeLessThanOrEqual(0.07);
  });
});

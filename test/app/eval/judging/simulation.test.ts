import { describe, expect, it } from 'vitest';
import type { Comparison } from '../../../../src/core/eval/data.js';
import { lengthControlled } from '../../../../src/eval/statistics/length-control.js';
import { positionBias } from '../../../../src/eval/statistics/position.js';
import { boardLine } from '../../../../src/eval/statistics/win-rate.js';
import { parseItems } from '../../../../src/sandbox/items.js';
import { judgeReply } from '../../../../src/sandbox/judge.js';
import { talk } from '../../../../src/sandbox/simulated.js';

/** Of 500 replications the coverage itself has a standard error of a point, so that one set of seeds in twenty would miss the bounds: of 4,000 it has a third of one. */
const REPLICATIONS = 4_000;
/** For effects that are far larger than their errors. */
const FEW = 500;
const PROMPTS = 100;
/** Quantile of the standard normal distribution for 95 %. */
const Z = 1.96;

interface Simulated {
  orders: Comparison['orders'][];
  length: Float64Array;
  baseline_length: Float64Array;
}

/** One evaluation of two simulated contestants by a simulated judge, without a server. */
function simulate(a: string, b: string, judge: string, seed: number): Simulated {
  const [one, other, looking] = [a, b, judge].map((items) => parseItems(items));
  if (!one || !other || !looking) throw new Error('unknown items');
  const look = (first: string, second: string) => {
    const candidates = [
      { label: 'A', text: first },
      { label: 'B', text: second },
    ];
    return judgeReply({ kind: 'compare', candidates }, looking, { model: judge, seed, tellsProbability: false })?.text === 'A' ? 1 : 0;
  };
  const rows = Array.from({ length: PROMPTS }, (_, i) => {
    const [x, y] = [talk({ model: a, question: `${i}`, seed }, one), talk({ model: b, question: `${i}`, seed }, other)];
    return { orders: { ab: look(x, y), ba: 1 - look(y, x) }, x: x.length, y: y.length };
  });
  return {
    orders: rows.map(({ orders }) => orders),
    length: Float64Array.from(rows, ({ x }) => x),
    baseline_length: Float64Array.from(rows, ({ y }) => y),
  };
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const both = ({ orders }: Simulated) => Float64Array.from(orders, ({ ab, ba }) => ((ab ?? 0) + (ba ?? 0)) / 2);
const one = ({ orders }: Simulated) => Float64Array.from(orders, ({ ab }) => ab ?? 0);
const covers = (value: number, error: number | null, truth: number) => Math.abs(value - truth) <= Z * (error ?? 0);

/** Percent of the comparisons that a contestant wins whose mean quality is higher by `lead`: both qualities are normal. */
function trueWinRate(lead: number): number {
  let [sum, weight] = [0, 0];
  for (let z = -8; z <= 8; z += 0.001) {
    const density = Math.exp(-(z ** 2) / 2);
    sum += density / (1 + Math.exp(-(lead + Math.SQRT2 * z)));
    weight += density;
  }
  return (100 * sum) / weight;
}

const replicate = (a: string, b: string, judge: string, times = REPLICATIONS) =>
  Array.from({ length: times }, (_, seed) => simulate(a, b, judge, seed + 1));

const coverage = (runs: readonly Simulated[], preferences: (run: Simulated) => Float64Array, truth: number) =>
  mean(
    runs.map((run) => {
      const { win_rate, standard_error } = boardLine(preferences(run));
      return Number(covers(win_rate, standard_error, truth));
    }),
  );

describe('evaluations of known strengths', () => {
  it('cover the true win rate in 93 to 97 % of them, and invent no position bias', () => {
    const runs = replicate('talker,skill=0.8', 'talker', 'judge');
    const covered = coverage(runs, both, trueWinRate(0.8));
    expect(covered).toBeGreaterThanOrEqual(0.93);
    expect(covered).toBeLessThanOrEqual(0.97);
    const alarms = mean(runs.map(({ orders }) => Number((positionBias(orders)?.p ?? 1) < 0.05)));
    expect(alarms).toBeLessThan(0.08);
  });

  it('find out a judge that prefers what it sees first, and both orders correct it', () => {
    const runs = replicate('talker,skill=0.2,words=13', 'talker,skill=0.2,words=12', 'judge,first=1');
    const covered = coverage(runs, both, 50);
    const uncorrected = coverage(runs, one, 50);
    expect(covered).toBeGreaterThanOrEqual(0.93);
    expect(covered).toBeLessThanOrEqual(0.97);
    expect(uncorrected).toBeLessThan(0.2);
    const found = mean(runs.map(({ orders }) => Number((positionBias(orders)?.p ?? 1) < 0.05)));
    expect(found).toBeGreaterThan(0.97);
  });

  it('correct a judge that prefers length by the length control', () => {
    const runs = replicate('talker,words=30', 'talker,words=24', 'judge,long=2', FEW);
    const raw = runs.map((run) => boardLine(both(run)).win_rate);
    const controlled = runs.flatMap(
      (run) =>
        lengthControlled({ preference: both(run), length: run.length, baseline_length: run.baseline_length, difficulty: null }, null) ?? [],
    );
    expect(mean(raw)).toBeGreaterThan(57);
    expect(coverage(runs, both, 50)).toBeLessThan(0.5);
    expect(mean(controlled.map(({ win_rate, standard_error }) => Number(covers(win_rate, standard_error, 50))))).toBeGreaterThan(0.92);
    expect(Math.abs(mean(controlled.map(({ win_rate }) => win_rate)) - 50)).toBeLessThan(1);
  });
});

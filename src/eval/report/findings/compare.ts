import type { EvalData } from '../../../core/eval/data.js';
import type { Basis, Estimate } from '../../../core/eval/report.js';
import { mcnemar } from '../../statistics/mcnemar.js';
import { mean } from '../../statistics/moments.js';
import { pairedDifference } from '../../statistics/paired.js';
import { among, BY, differencesOf, type Evidence, type PairEvidence } from '../evidence.js';

/** Contestant `a` against `b` on the prompts where anything is known of both. */
export interface Compared {
  n: number;
  wins: number;
  losses: number;
  ties: number;
  /** What each made of the prompts, mean, from 0 to 1: share of right answers, or of the wins where a judge decides. */
  share_a: number;
  share_b: number;
  /** Points. */
  difference: Estimate;
  p: number;
  /** Null where nothing is known. */
  basis: Basis | null;
  /** US dollars on these prompts, sum; null where a price is unknown. */
  cost_a: number | null;
  cost_b: number | null;
  /** From -1 to 1, by prompt. */
  differences: Float64Array;
}

/** What comparisons are made with. */
export interface Comparing {
  data: EvalData;
  evidence: Evidence;
  resamples: number;
  seed: number;
}

/** From so many prompts on, the bootstrap takes differences in steps: rounding cancels out, and equal ones are drawn together. */
const EXACT_UP_TO = 2_000;
const STEPS = 200;

/**
 * Two contestants on their common prompts, or on those that `isWanted`. The difference is the mean of `score of a - score of b`,
 * or of `2 * preference - 1` where only judges can tell, in points, with an interval by the paired bootstrap
 * ({@link pairedDifference}); p by McNemar's exact test where every prompt is right or wrong, else by the bootstrap.
 */
export function compare(comparing: Comparing, a: number, b: number, isWanted?: (prompt: number) => boolean): Compared {
  // Always the same way round, so that turning a pair turns its signs and nothing else.
  if (a > b) return turned(compare(comparing, b, a, isWanted));
  const all = comparing.evidence.between(a, b);
  const pair = isWanted ? among(all, isWanted) : all;
  const differences = differencesOf(pair);
  const wins = differences.filter((difference) => difference > 0).length;
  const losses = differences.filter((difference) => difference < 0).length;
  const { p, ...difference } = testedDifference(differences, comparing);
  const basis = basisOf(pair);
  const isRightOrWrong = (basis === 'reference' || basis === 'check') && differences.every((each) => Number.isInteger(each));
  return {
    n: differences.length,
    wins,
    losses,
    ties: differences.length - wins - losses,
    share_a: mean(pair.first),
    share_b: mean(pair.second),
    difference: inPoints(difference),
    p: isRightOrWrong ? mcnemar(wins, losses) : p,
    basis,
    cost_a: costOf(comparing.data, a, pair.prompts),
    cost_b: costOf(comparing.data, b, pair.prompts),
    differences,
  };
}

/** Dollars of `a` for each dollar of `b`; null where a price is unknown or `b` costs nothing. */
export function costRatio({ cost_a, cost_b }: Compared): number | null {
  return cost_a === null || cost_b === null || cost_b === 0 ? null : cost_a / cost_b;
}

function testedDifference(differences: Float64Array, { resamples, seed }: Comparing) {
  const drawn = differences.length <= EXACT_UP_TO ? differences : differences.map((each) => Math.round(each * STEPS) / STEPS);
  const tested = pairedDifference(drawn, { resamples, seed });
  const value = mean(differences);
  return { value, low: Math.min(value, tested.low), high: Math.max(value, tested.high), p: tested.p };
}

function turned(compared: Compared): Compared {
  const { value, low, high } = compared.difference;
  return {
    ...compared,
    wins: compared.losses,
    losses: compared.wins,
    share_a: compared.share_b,
    share_b: compared.share_a,
    difference: { value: minus(value), low: minus(high), high: minus(low) },
    cost_a: compared.cost_b,
    cost_b: compared.cost_a,
    differences: compared.differences.map(minus),
  };
}

function basisOf({ by }: PairEvidence): Basis | null {
  const seen = by.reduce((bits, each) => bits | each, 0);
  if (seen === 0) return null;
  if (seen === BY.reference) return 'reference';
  if (seen === BY.check) return 'check';
  return seen === BY.judge ? 'judge' : 'mixed';
}

function costOf({ outcomes }: EvalData, contestant: number, prompts: Int32Array): number | null {
  let sum = 0;
  for (const prompt of prompts) {
    const outcome = outcomes[contestant]?.at(prompt);
    if (outcome?.cost_usd == null || outcome.cost_source === 'partial') return null;
    sum += outcome.cost_usd;
  }
  return sum;
}

function inPoints({ value, low, high }: Estimate): Estimate {
  return { value: 100 * value, low: 100 * low, high: 100 * high };
}

/** Without -0, which JSON does not know. */
function minus(value: number): number {
  return value === 0 ? 0 : -value;
}

import { seededRandom } from '../../core/random.js';
import { gamma, halfGamma } from './draws.js';
import { percentileInterval, Z95 } from './interval.js';
import { mean, squaredDeviations } from './moments.js';

/** Quantile of the standard normal distribution for a power of 80 %. */
const Z_POWER = 0.8416212335729143;

/** With fewer prompts not even a contestant that wins all of them passes a two-sided sign test at 95 %: 2 / 2^6 < 0.05. */
const LEAST_PROMPTS = 6;

/** In standard deviations of the differences. What lies inside is lost to the width of the interval: at most GRAIN^2 / 24, or 0.04 %. */
const GRAIN = 0.1;

export interface PairedDifference {
  value: number;
  low: number;
  high: number;
  p: number;
}

/**
 * The mean of paired differences, each in [-1, 1], with its interval at 95 % and the two-sided p of no difference, by the paired
 * bootstrap in Rubin's form (D. B. Rubin, "The Bayesian bootstrap", Annals of Statistics 9, 1981): every resample gives each prompt
 * a weight drawn from Gamma(1). Half a made-up prompt is added at -1 and half a one at 1, with weights from Gamma(1/2): where every
 * difference is one of the two, this is the interval by Jeffreys' prior (Brown, Cai and DasGupta 2001). So prompts that are all
 * alike give an interval with a width, as they should: others may follow. With fewer than two prompts it is [-1, 1], with p = 1.
 *
 * @param options p is never below 2 / (resamples + 1)
 */
export function pairedDifference(differences: Float64Array, options: { resamples: number; seed: number }): PairedDifference {
  const value = mean(differences);
  if (differences.length < 2) return { value, low: -1, high: 1, p: 1 };
  const means = resampledMeans(differences, options);
  return { ...percentileInterval(value, means), p: twoSidedP(means) };
}

/**
 * How many prompts a difference of the size found here needs, to be shown at 95 % with a power of 80 %:
 * ((z(0.975) + z(0.8)) * s / mean)^2 (normal approximation for paired means; e.g. S. E. Fleiss, "Design and Analysis of Clinical
 * Experiments", 1986). Null where there is no difference, or fewer than two prompts.
 */
export function needed(differences: Float64Array): number | null {
  const value = mean(differences);
  if (differences.length < 2 || value === 0) return null;
  const variance = squaredDeviations(differences) / (differences.length - 1);
  return Math.max(LEAST_PROMPTS, Math.ceil(((Z95 + Z_POWER) ** 2 * variance) / value ** 2));
}

function resampledMeans(differences: Float64Array, { resamples, seed }: { resamples: number; seed: number }): Float64Array {
  const { means: values, counts } = grouped(differences);
  const random = seededRandom(seed);
  const means = new Float64Array(resamples);
  for (let r = 0; r < resamples; r++) {
    const wins = halfGamma(random);
    const losses = halfGamma(random);
    let weights = wins + losses;
    let sum = wins - losses;
    for (let i = 0; i < values.length; i++) {
      const weight = gamma(counts[i] as number, random);
      weights += weight;
      sum += weight * (values[i] as number);
    }
    means[r] = sum / weights;
  }
  return means;
}

/**
 * Prompts whose differences are less than {@link GRAIN} apart are drawn together, by their mean: the sum of k weights from Gamma(1)
 * is one from Gamma(k), so the time does not grow with the number of prompts.
 */
function grouped(differences: Float64Array): { means: Float64Array; counts: Float64Array } {
  const width = GRAIN * Math.sqrt(squaredDeviations(differences) / differences.length);
  const sorted = differences.slice().sort();
  const means: number[] = [];
  const counts: number[] = [];
  for (let start = 0, end = 0; start < sorted.length; start = end) {
    const last = (sorted[start] as number) + width;
    while (end < sorted.length && (sorted[end] as number) <= last) end++;
    means.push(mean(sorted.subarray(start, end)));
    counts.push(end - start);
  }
  return { means: Float64Array.from(means), counts: Float64Array.from(counts) };
}

function twoSidedP(means: Float64Array): number {
  let below = 0;
  for (let i = 0; i < means.length; i++) if ((means[i] as number) <= 0) below++;
  return Math.min(1, (2 * (Math.min(below, means.length - below) + 1)) / (means.length + 1));
}

import type { Contestant } from '../../../core/eval/contestant.js';
import { EVAL, SELF_SAMPLES } from '../../../core/limits.js';
import type { Member, Mixture } from '../../../core/mixture.js';
import { sampledModel } from './plain.js';

/** What is known of contestants by their indexes; null where it is not. */
export interface Measured {
  contestants: readonly Contestant[];
  /** US dollars per prompt, mean. */
  meanCost(contestant: number): number | null;
  /** Calls for a prompt, mean. */
  meanCalls(contestant: number): number | null;
}

/**
 * The best single model sampled at the price of each mixture, which is the comparison that counts: Self-MoA (Li et al. 2025,
 * arXiv 2502.00674) finds that samples of one strong model often beat a mix. Mixtures of the same price share one. None where a
 * mixture is one model itself.
 * @param best index of the best single model
 * @param samples how often it is sampled; null: as often as the mixture's price allows
 */
export function sampledContestants(results: Measured, best: number, samples: number | null): Contestant[] {
  const single = soleModel(results.contestants[best]);
  if (single === null) return [];
  const matching = new Map<number, string[]>();
  for (const [index, { role, name, mixture }] of results.contestants.entries()) {
    if (role !== 'mixture' || mixture === null || asksOnly(mixture, single.member)) continue;
    const count = samples ?? samplesFor(results, index, best);
    matching.set(count, [...(matching.get(count) ?? []), name]);
  }
  const names = new Set(results.contestants.map(({ name }) => name));
  return [...matching].map(([count, matches]) => {
    const name = `${results.contestants[best]?.name} x${count}`;
    const mixture = sampledModel(single.mixture, single.member, count);
    return { name: names.has(name) ? `${name} (sampled)` : name, role: 'sampled', mixture, samples: count, matches };
  });
}

/** Samples that cost what a mixture costs, of which one call is left for merging them. By calls where a price is unknown or nothing. */
function samplesFor(results: Measured, mixture: number, single: number): number {
  const [whole, one] = [results.meanCost(mixture), results.meanCost(single)];
  return samplesAt(whole !== null && one !== null && one > 0 && whole > 0 ? whole / one : (results.meanCalls(mixture) ?? 0));
}

/** @param ratio calls of the single model that cost what the mixture does */
function samplesAt(ratio: number): number {
  return Math.min(SELF_SAMPLES.max, Math.max(EVAL.minSamples, Math.round(ratio) - 1));
}

function soleModel(contestant: Contestant | undefined): { mixture: Mixture; member: Member } | null {
  const mixture = contestant?.mixture;
  return mixture?.strategy === 'single' && mixture.single ? { mixture, member: mixture.single } : null;
}

function asksOnly({ strategy, proposers }: Mixture, { provider, model }: Member): boolean {
  if (strategy === 'single') return true;
  return strategy === 'self' && proposers.every((each) => each.provider === provider && each.model === model);
}

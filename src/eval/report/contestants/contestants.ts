import type { Contestant } from '../../../core/eval/contestant.js';
import type { ContestantReport } from '../../../core/eval/report.js';
import { membersOf } from '../../../core/mixture.js';
import { onHull } from '../../statistics/hull.js';
import { costOf } from './costs.js';
import { type Measuring, measure } from './measures.js';
import { cheaperFirst, type Quality } from './quality.js';
import { rate } from './ratings.js';

/** All contestants with what was measured of them, in the order of the data. */
export function contestantReports(
  measuring: Measuring,
  quality: readonly (Quality | null)[],
  { baseline, seed }: { baseline: string; seed: number },
): ContestantReport[] {
  const { data } = measuring;
  const ratings = rate(data, seed);
  const measured = data.contestants.map((_, contestant) => measure(measuring, contestant));
  const hull = onHull(
    measured.map(({ cost_usd }, contestant) => {
      const known = quality[contestant];
      return cost_usd === null || !known ? null : { cost: cost_usd.value, quality: known.value };
    }),
  );
  return data.contestants.map((contestant, i) => ({
    name: contestant.name,
    role: contestant.role,
    ...recipeOf(contestant),
    is_baseline: contestant.name === baseline,
    ...(measured[i] as (typeof measured)[number]),
    rating: ratings[i] ?? null,
    on_hull: hull[i] ?? null,
    cost_source: measured[i]?.n === 0 ? 'unknown' : costOf(data.outcomes[i] ?? []).source,
  }));
}

/**
 * Indexes of the contestants, the best first: by their quality, or by their rating where some have never met the baseline; of
 * equal ones the cheaper; those of whom nothing is known last.
 */
export function bestFirst(contestants: readonly ContestantReport[], quality: readonly (Quality | null)[]): number[] {
  const byRating = quality.includes(null) && contestants.every(({ rating }) => rating !== null);
  const worth = (i: number) => (byRating ? contestants[i]?.rating?.plain.value : quality[i]?.value) ?? Number.NEGATIVE_INFINITY;
  const cost = (i: number) => contestants[i]?.cost_usd?.value ?? null;
  return [...contestants.keys()].sort(
    (a, b) => Number(worth(b) > worth(a)) - Number(worth(b) < worth(a)) || cheaperFirst(cost(a), cost(b)) || a - b,
  );
}

function recipeOf({ mixture, samples, matches }: Contestant): Pick<ContestantReport, 'models' | 'strategy' | 'samples' | 'matches'> {
  const models = mixture ? [...new Set(membersOf(mixture).map(({ model }) => model))] : [];
  return { models, strategy: mixture?.strategy ?? null, samples, matches };
}

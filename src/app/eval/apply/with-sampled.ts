import type { Contestant } from '../../../core/eval/contestant.js';
import type { EvalReport } from '../../../core/eval/report.js';

/**
 * The contestants with those that only the report knows: which model is sampled, and how often, shows when the others have answered,
 * so an evaluation that is opened again has none of these yet.
 */
export function withSampled(contestants: readonly Contestant[], report: Pick<EvalReport, 'contestants'>): Contestant[] {
  const known = new Set(contestants.map(({ name }) => name));
  const sampled = report.contestants.flatMap(({ name, role, samples, matches }): Contestant[] => {
    if (role !== 'sampled' || known.has(name)) return [];
    const single = contestants.find((each) => each.mixture?.single && name.startsWith(`${each.name} x${samples}`));
    return single ? [{ name, role, mixture: single.mixture, samples, matches }] : [];
  });
  return [...contestants, ...sampled];
}

import { MomError } from '../../../core/error.js';
import type { Given } from '../../../eval/reading/given-table.js';

/**
 * Whom the others are compared with: who is named, else whom most of the preferences are about; of two alike the one that they
 * name second, where files have the baseline. Answers alone: the first contestant.
 * @throws MomError `usage` for a name that nobody has
 */
export function baselineOf({ contestants, comparisons }: Given, named: string | null): string {
  if (named === null) return contestants[mostCompared(comparisons, contestants.length)] ?? '';
  if (contestants.includes(named)) return named;
  const known = contestants.slice(0, MOST_NAMED).join(', ');
  const more = contestants.length > MOST_NAMED ? ` and ${contestants.length - MOST_NAMED} more` : '';
  throw new MomError('usage', `no contestant of these files is called '${named}'`, { hint: `there are ${known}${more}` });
}

/** Names in a message. */
const MOST_NAMED = 10;

function mostCompared(comparisons: Given['comparisons'], contestants: number): number {
  const counts = new Float64Array(contestants);
  for (const { a, b } of comparisons) {
    counts[a] = (counts[a] ?? 0) + 1;
    // Less than a comparison, so that it decides only between equals.
    counts[b] = (counts[b] ?? 0) + 1 + 1 / (1 + comparisons.length) / 2;
  }
  return counts.indexOf(Math.max(...counts));
}

import { needed } from '../../statistics/paired.js';
import type { Compared } from './compare.js';

/**
 * Fewer prompts than this allow no verdict, though a difference may be significant: the p of a sweep is small, but five prompts
 * of one user's are no sample of what that user asks. From 20 on a clean sweep passes Holm's correction over any report's verdicts.
 */
export const MIN_PROMPTS = 20;

/**
 * How many prompts a difference of the size found here takes to be shown with a power of 80 % ({@link needed}), more than there
 * are, as it is not shown yet. Null where there is no difference.
 */
export function promptsNeeded({ n, differences }: Compared): number | null {
  const prompts = needed(differences);
  return prompts === null ? null : Math.max(prompts, MIN_PROMPTS, n + 1);
}

import type { Finding } from '../../../core/eval/report.js';
import { LEVEL } from '../../statistics/interval.js';
import type { Compared } from './compare.js';
import { MIN_PROMPTS } from './needs.js';

/**
 * What a comparison shows. Better or worse takes both, an interval without 0 and a p below 0.05: they are found in different
 * ways, and where they disagree nothing is shown.
 * @param p corrected, where several findings stand side by side
 * @param margin points
 */
export function findingOf({ n, difference }: Compared, p: number, margin: number): Finding {
  if (n < MIN_PROMPTS) return 'too_few';
  if (p < LEVEL && difference.low > 0) return 'better';
  if (p < LEVEL && difference.high < 0) return 'worse';
  return difference.low > -margin ? 'not_worse' : 'not_shown';
}

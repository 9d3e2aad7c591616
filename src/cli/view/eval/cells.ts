import type { Estimate, Measures, Spread } from '../../../core/eval/report.js';
import type { CostSource } from '../../../core/usage.js';
import { formatUsdEach } from '../price.js';
import { timeText } from '../words.js';

/** A share of right answers: `89.1 %` */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** `87.2 to 90.9`, of shares in percent */
export function percentInterval({ low, high }: Estimate): string {
  return `${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)}`;
}

/** `58.3 % ± 2.1`, of a rate in percent with its standard error in points */
export function rate(value: number, error: number | null): string {
  return `${value.toFixed(1)} %${error === null ? '' : ` ± ${error.toFixed(1)}`}`;
}

/** The mean price of a prompt; an unknown one is never 0. */
export function promptCost({ cost_usd }: Pick<Measures, 'cost_usd'>, source: CostSource): string {
  if (cost_usd === null || source === 'unknown') return '?';
  const mark = source === 'partial' ? '≥ ' : source === 'estimated' ? '~' : '';
  return `${mark}${formatUsdEach(cost_usd.value)}`;
}

export function median(spread: Spread | null): string {
  return spread === null ? '' : timeText(spread.median);
}

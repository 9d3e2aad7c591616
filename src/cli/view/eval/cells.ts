import { formatDuration } from '../../../core/duration.js';
import type { Estimate, Measures, Spread } from '../../../core/eval/report.js';
import type { CostSource } from '../../../core/usage.js';
import { formatUsd } from '../price.js';

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
  return `${mark}${preciseUsd(cost_usd.value)}`;
}

/** Three digits that count, and cents in any case: contestants are told apart by less than a cent. */
export function preciseUsd(usd: number): string {
  if (usd === 0 || usd >= 1) return formatUsd(usd);
  const decimals = Math.min(20, Math.max(2, 2 - Math.floor(Math.log10(usd))));
  return `$${usd.toFixed(decimals).replace(/(\.\d\d\d*?)0+$/, '$1')}`;
}

/** `850 ms`, `4.2 s`, `2 m 5 s`: the median. */
export function median(spread: Spread | null): string {
  if (spread === null) return '';
  const ms = spread.median;
  return ms >= 1_000 && ms < 10_000 ? `${(ms / 1_000).toFixed(1)} s` : formatDuration(ms);
}

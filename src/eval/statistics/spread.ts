import type { Spread } from '../../core/eval/report.js';

/** Median and 95th percentile, linear between the two nearest (Hyndman and Fan 1996, type 7), in the unit of the values. */
export function spreadOf(values: readonly number[]): Spread | null {
  if (values.length === 0) return null;
  const sorted = Float64Array.from(values).sort();
  return { median: quantile(sorted, 0.5), p95: quantile(sorted, 0.95) };
}

function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below] ?? 0;
  return low + (place - below) * ((sorted[below + 1] ?? low) - low);
}

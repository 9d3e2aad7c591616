/** Quantile of the standard normal distribution for two-sided intervals and tests at 95 %. */
export const Z95 = 1.959963984540054;

/** What chance alone gives less often than this counts as shown; intervals at 95 % leave out as much. */
export const LEVEL = 0.05;

const TAIL = LEVEL / 2;

/**
 * The interval between the 2.5 % and the 97.5 % quantile of resampled values (Efron 1979, percentile method), in their unit.
 * Sorts `samples` in place. `value` is always inside: it is what was measured.
 */
export function percentileInterval(value: number, samples: Float64Array): { value: number; low: number; high: number } {
  samples.sort();
  return { value, low: Math.min(value, quantile(samples, TAIL)), high: Math.max(value, quantile(samples, 1 - TAIL)) };
}

/**
 * The `share * (n + 1)`-th smallest, linear between two (Hyndman and Fan 1996, type 6). So the interval holds as often with 200
 * resamples as with any number: the usual type 7 lies further in, which costs one point of coverage there.
 */
function quantile(sorted: Float64Array, share: number): number {
  const place = Math.min(sorted.length, Math.max(1, share * (sorted.length + 1))) - 1;
  const below = Math.floor(place);
  const [low = Number.NaN, high = low] = [sorted[below], sorted[below + 1]];
  return low + (place - below) * (high - low);
}

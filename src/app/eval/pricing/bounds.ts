import type { Bounds } from '../../../core/quote.js';

export const NOTHING: Bounds = { low: 0, high: 0 };

/** Null where one of them is not known. */
export function sumBounds(bounds: readonly (Bounds | null)[]): Bounds | null {
  let sum = NOTHING;
  for (const each of bounds) {
    if (each === null) return null;
    sum = { low: sum.low + each.low, high: sum.high + each.high };
  }
  return sum;
}

export function timesBounds({ low, high }: Bounds, factor: Bounds): Bounds {
  return { low: low * factor.low, high: high * factor.high };
}

import type { Random } from '../../core/random.js';

/** From the exponential distribution with mean 1, which is Gamma(1). */
export function exponential(random: Random): number {
  return -Math.log(1 - random());
}

/** From the standard normal distribution (Marsaglia and Bray 1964, polar method). */
export function normal(random: Random): number {
  for (;;) {
    const x = 2 * random() - 1;
    const y = 2 * random() - 1;
    const square = x * x + y * y;
    if (square > 0 && square < 1) return x * Math.sqrt((-2 * Math.log(square)) / square);
  }
}

/** From Gamma(1/2) with scale 1: half the square of a standard normal number. */
export function halfGamma(random: Random): number {
  return normal(random) ** 2 / 2;
}

/** From the Gamma distribution with this shape, at least 1, and scale 1 (Marsaglia and Tsang 2000). */
export function gamma(shape: number, random: Random): number {
  if (shape === 1) return exponential(random);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(random);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

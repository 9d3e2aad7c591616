import { Z95 } from './interval.js';

/**
 * The 97.5 % quantile of Student's t: the normal one with the terms in 1/n to 1/n^3 of Abramowitz and Stegun 26.7.5; within 0.5 %
 * from 4 degrees of freedom on. Those below stand as they are.
 */
export function studentT95(degrees: number): number {
  const exact = [12.706, 4.303, 3.182][degrees - 1];
  if (exact !== undefined) return exact;
  const z = Z95;
  const first = (z ** 3 + z) / 4;
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96;
  const third = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384;
  return z + first / degrees + second / degrees ** 2 + third / degrees ** 3;
}

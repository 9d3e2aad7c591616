import { type Random, seededRandom } from '../core/random.js';
import { hashText } from './models.js';

/** Chance that is the same for the same seed and words, in every process. */
export function chanceOf(seed: number, ...words: readonly string[]): Random {
  const random = seededRandom(hashText(JSON.stringify([seed, ...words])));
  // Hashes of texts that differ in one character lie close together: the first draw would show it.
  random();
  return random;
}

/** A standard normal number (Box and Muller 1958). */
export function normal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  return radius * Math.cos(2 * Math.PI * random());
}

import { seededRandom } from '../../core/random.js';

/**
 * Indexes of `size` prompts out of `count`, each set of them as likely as any other; all where there are not more. Floyd's
 * algorithm: Bentley and Floyd, "A sample of brilliance", Communications of the ACM 30(9), 1987.
 */
export function drawSample(count: number, size: number, seed: number): ReadonlySet<number> {
  const random = seededRandom(seed);
  const drawn = new Set<number>();
  for (let last = Math.max(0, count - size); last < count; last++) {
    const index = Math.floor(random() * (last + 1));
    drawn.add(drawn.has(index) ? last : index);
  }
  return drawn;
}

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Place } from './cli.js';

/** So many sums with their right answers, as `sandbox/solver` understands them. */
export function sums(count: number): { id: string; prompt: string; reference: string }[] {
  return Array.from({ length: count }, (_, i) => ({ id: `sum-${i + 1}`, prompt: `What is ${i} + ${2 * i}?`, reference: String(3 * i) }));
}

export function writeLines(place: Place, name: string, rows: readonly object[]): string {
  const path = join(place.cwd, name);
  writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return path;
}

/** Recorded systems of which one is always right, and two are right on every second question. */
export function recording(count: number): object[] {
  return Array.from({ length: count }, (_, i) => ({
    i: `r${i + 1}`,
    question: `How many apples are left in basket ${i + 1}?`,
    gold: String(i + 10),
    answers: {
      strong: { text: `There are ${i + 10} left.\n#### ${i + 10}` },
      weak: { text: `I think so.\n#### ${i % 2 === 0 ? i + 10 : 7}` },
      other: { text: `#### ${i % 2 === 0 ? i + 10 : 7}` },
    },
  }));
}

/** A vote of the recorded systems, in which the two that are wrong together win. */
export const PANEL = `pricing:
  recorded/strong: { input: 10, output: 30 }
  recorded/weak: { input: 1, output: 1 }
  recorded/other: { input: 1, output: 1 }
mixtures:
  panel:
    strategy: vote
    proposers: [recorded/strong, recorded/weak, recorded/other]
    critic: sandbox/critic
`;

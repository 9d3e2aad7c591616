import type { EvalData } from '../../core/eval/data.js';

/**
 * The comparisons by pair, then by prompt: the share of the win of the contestant with the lower index, mean over the judges.
 * The pair's key is `lower * contestants + higher`. Most pairs of an arena share few prompts, so nothing is kept for the others.
 */
export function groupComparisons({ comparisons, contestants }: EvalData): ReadonlyMap<number, ReadonlyMap<number, number>> {
  const sums = new Map<number, Map<number, { sum: number; judges: number }>>();
  for (const { a, b, prompt, preference } of comparisons) {
    const key = Math.min(a, b) * contestants.length + Math.max(a, b);
    const ofPair = sums.get(key) ?? new Map<number, { sum: number; judges: number }>();
    sums.set(key, ofPair);
    const known = ofPair.get(prompt) ?? { sum: 0, judges: 0 };
    ofPair.set(prompt, known);
    known.sum += a < b ? preference : 1 - preference;
    known.judges += 1;
  }
  return new Map([...sums].map(([key, ofPair]) => [key, new Map([...ofPair].map(([prompt, { sum, judges }]) => [prompt, sum / judges]))]));
}

import type { AnswerPair } from './judging.js';

/** The share of `a` where nobody has to look: the only text wins, none or the same text is a tie. Null where somebody has to. */
export function settledShare({ a, b }: AnswerPair): number | null {
  if (a.text === null || b.text === null) return a.text !== null ? 1 : b.text !== null ? 0 : 0.5;
  return a.text.trim() === b.text.trim() ? 0.5 : null;
}

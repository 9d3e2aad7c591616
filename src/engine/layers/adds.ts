/** Share of new words from which a text adds something to those it was made from. */
const NEW_WORDS = 0.02;

/** A word, or a run of signs such as an operator. */
const WORD = /[\p{L}\p{N}]+(?:[.,]\p{N}+)*|[^\s\p{L}\p{N}]+/gu;

/** True when a text says something that none of the texts it was made from says. Case and white space don't count. */
export function addsWords(text: string, sources: readonly string[]): boolean {
  const words = wordsOf(text);
  const known = new Set(sources.flatMap(wordsOf));
  return words.filter((word) => !known.has(word)).length >= Math.max(1, words.length * NEW_WORDS);
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(WORD) ?? [];
}

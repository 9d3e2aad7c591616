import { ESTIMATE_ERROR, estimateTextTokens } from '../../../core/estimate.js';

/** What a text keeps at least, in characters, however little room there is. */
const MIN_CHARACTERS = 200;

/**
 * Two texts that together are no longer than so many tokens: a short one stays whole, of a long one the middle is left out, at
 * a mark that can be seen.
 * @param room tokens, as estimated, with room for the estimate's error
 */
export function shortenBoth(texts: readonly [string, string], room: number): { texts: [string, string]; omitted: number } {
  const sizes = texts.map(estimateTextTokens) as [number, number];
  const safe = room * (1 - ESTIMATE_ERROR);
  const half = safe / 2;
  const share = (i: 0 | 1): number => Math.max(half, safe - sizes[i === 0 ? 1 : 0]);
  const [a, b] = [shorten(texts[0], sizes[0], share(0)), shorten(texts[1], sizes[1], share(1))];
  return { texts: [a.text, b.text], omitted: a.omitted + b.omitted };
}

function shorten(text: string, tokens: number, room: number): { text: string; omitted: number } {
  const kept = Math.max(MIN_CHARACTERS, Math.floor((text.length * room) / Math.max(1, tokens)));
  if (tokens <= room || text.length <= kept) return { text, omitted: 0 };
  const head = text.slice(0, Math.ceil(kept / 2));
  const tail = text.slice(text.length - Math.floor(kept / 2));
  const omitted = text.length - kept;
  return { text: `${head}\n[… ${omitted} characters left out here: too long for the reader …]\n${tail}`, omitted };
}

/** Widths of characters in parts of the size of the font: rather too wide, since the font is the reader's. */
const WIDTHS: readonly [characters: RegExp, width: number][] = [
  [/^[iljI.,:;'|!()[\] ]/u, 0.36],
  [/^[mwMW@%]/u, 0.98],
  [/^[\p{Lu}\d_+<>=~#&$]/u, 0.74],
  [/^[ -\u{10ff}]/u, 0.62],
];

/** Of Chinese, Japanese and Korean signs, and of emoji. */
const WIDEST = 1.4;

/** Code points of one sign at most: what piles more marks on each other is no writing. */
const LONGEST_SIGN = 12;

const SIGNS = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** How wide a text is at most in a sans-serif font of `size`, in its unit. */
export function textWidth(text: string, size: number): number {
  return size * signsOf(text).reduce((sum, sign) => sum + (WIDTHS.find(([characters]) => characters.test(sign))?.[1] ?? WIDEST), 0);
}

/** A text of at most so many signs; a longer one ends with `…`. */
export function clipped(text: string, most: number): string {
  const signs = signsOf(text);
  return signs.length > most ? `${signs.slice(0, most - 1).join('')}…` : signs.join('');
}

function signsOf(text: string): string[] {
  return Array.from(SIGNS.segment(text), ({ segment }) => [...segment].slice(0, LONGEST_SIGN).join(''));
}

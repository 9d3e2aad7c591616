/** Scripts that put no spaces between words: each of their characters counts as a word. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/gu;

/** Characters of a text that are searched; a book piped in would take longer than the answer may wait. */
const SEARCHED = 256 * 1024;

/** The last word may be the beginning of one, from so many characters on: shorter ones begin too many. */
const PREFIX_FROM = 3;

/** What is searched of a run, for the full text index. */
export function searchable(texts: readonly (string | null)[]): string {
  const whole = texts.map((text) => (text ?? '').slice(0, SEARCHED)).join('\n');
  return spaced(whole.replaceAll('\0', ' '));
}

/** The words of a user's as a full text query in which nothing is syntax; null where there is no word. */
export function searchQuery(words: string): string | null {
  const all = words
    .replaceAll('\0', ' ')
    .split(/\s+/)
    .filter((word) => /[\p{L}\p{N}]/u.test(word));
  const last = all.at(-1);
  if (last === undefined) return null;
  return `${all.map(quoted).join(' AND ')}${last.length >= PREFIX_FROM ? '*' : ''}`;
}

function quoted(word: string): string {
  return `"${spaced(word).replaceAll('"', '""')}"`;
}

function spaced(text: string): string {
  return text.replace(UNSPACED, ' $& ');
}

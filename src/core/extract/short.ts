/** Words, and characters, that an answer may have and still be compared as a whole. */
const SHORT = { words: 12, characters: 200 } as const;
const MARK = /#{4}(?!#)|\b(?:final |short )?answer[*_]*\s*:/gi;
const EDGE = '\\s*_`"\'“”‘’«»';

/**
 * A short exact text, normalised for case, white space, closing punctuation, quotes and emphasis: what stands behind
 * the last `Answer:` or `####`, else the whole text when it is one short line.
 */
export function extractShort(text: string): string | null {
  const mark = [...text.matchAll(MARK)].at(-1);
  const behind = mark
    ? text
        .slice(mark.index + mark[0].length)
        .replace(/^[\s*_]+/, '')
        .split('\n', 1)[0]
    : undefined;
  return normalised(behind ?? '') ?? normalised(text.trim().replace(/^the (?:(?:correct|right|final) )?answer is:?\s+/i, ''));
}

function normalised(text: string): string | null {
  if (text.length > SHORT.characters || text.includes('\n')) return null;
  const plain = text.normalize('NFC').replaceAll('**', '').trim();
  if (plain.split(/\s+/).length > SHORT.words) return null;
  const core = plain.replace(new RegExp(`^[${EDGE}]+|[${EDGE}.,;:!?。]+$`, 'gu'), '');
  return core === '' ? null : core.replace(/\s+/g, ' ').toLowerCase();
}

import type { MarkdownIt } from 'markdown-it';

/**
 * True for a run of stars that multiplies or raises to a power, as in `5*2`, `x*y` and `2**8`, though CommonMark takes it for
 * emphasis: a number without its star is another number.
 * @param before the character before it, or one of its kind: an ASCII letter, a digit, any other
 */
export function isProduct(before: string, run: number, after: string): boolean {
  if (!/[a-z\d]/i.test(before) || !/[a-z\d]/i.test(after)) return false;
  return run === 1 || /\d/.test(before + after);
}

/** Lets the stars of products stand as they are written. */
export function keepProducts(markdown: MarkdownIt): void {
  const { State } = markdown.inline;
  markdown.inline.State = class extends State {
    override scanDelims(start: number, canSplitWord: boolean) {
      const scanned = super.scanDelims(start, canSplitWord);
      const isStar = this.src.charAt(start) === '*';
      if (!isStar || !isProduct(this.src.charAt(start - 1), scanned.length, this.src.charAt(start + scanned.length))) return scanned;
      return { ...scanned, can_open: false, can_close: false };
    }
  };
}

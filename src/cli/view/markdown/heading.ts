import type { InlineStream } from './inline-stream.js';
import type { Styles } from './sgr.js';

/** Longest run of blanks and `#` that is kept back as the possible end of a heading. */
const LONGEST_TAIL = 100;

/** The text of a heading: `#` at its end is no part of it. */
export class Heading {
  readonly #inline: InlineStream;
  readonly #styles: Styles;
  #tail = '';
  #isEmpty = true;

  constructor(inline: InlineStream, styles: Styles) {
    this.#inline = inline;
    this.#styles = styles;
  }

  push(text: string): string {
    let shown = '';
    for (const char of text) {
      const isTail = char === ' ' || char === '\t' || (char === '#' && (this.#tail === '' ? this.#isEmpty : true));
      this.#tail += char;
      if (isTail && !/#[ \t]+#/.test(this.#tail) && this.#tail.length <= LONGEST_TAIL) continue;
      shown += this.#inline.push(this.#tail);
      this.#tail = '';
      this.#isEmpty = false;
    }
    return shown;
  }

  finish(): string {
    return `${this.#inline.finish()}${this.#styles.off()}`;
  }
}

import { BOUNDS } from './bounds.js';
import type { CodePart, Highlight } from './highlight.js';
import type { Styles } from './sgr.js';

/** How much code has been highlighted in a text. */
export interface Budget {
  highlighted: number;
}

/** The lines of one block of code, each shown when it is whole. */
export class CodeBlock {
  readonly #language: string;
  readonly #styles: Styles;
  readonly #budget: Budget;
  #highlight: Highlight | null;
  /** Lines above that the next one is read with. */
  #above = '';

  constructor(language: string, highlight: Highlight | null, styles: Styles, budget: Budget) {
    this.#language = language.toLowerCase();
    this.#highlight = highlight;
    this.#styles = styles;
    this.#budget = budget;
  }

  line(text: string): string {
    const parts = this.#parts(text);
    if (parts === null) return this.#styles.in('code', text);
    return parts.map((part) => (part.style === null ? part.text : this.#styles.in(part.style, part.text))).join('');
  }

  #parts(line: string): CodePart[] | null {
    if (this.#highlight === null) return null;
    const code = `${this.#above}${line}\n`;
    this.#budget.highlighted += code.length;
    const isTooMuch = code.length > BOUNDS.codeContext * 4 || this.#budget.highlighted > BOUNDS.highlighted;
    const parts = isTooMuch ? null : this.#highlight(this.#language, code);
    if (parts === null) {
      this.#highlight = null;
      this.#above = '';
      return null;
    }
    // Between two statements the code above is no longer needed to understand the code below.
    const isBetween = parts.at(-1)?.style === null && code.length > BOUNDS.codeContext;
    const shown = tail(parts, this.#above.length, line.length);
    this.#above = isBetween ? '' : code;
    return shown;
  }
}

/** `length` characters of the parts, behind the first `from`. */
function tail(parts: readonly CodePart[], from: number, length: number): CodePart[] {
  const shown: CodePart[] = [];
  let at = 0;
  for (const { text, style } of parts) {
    const piece = text.slice(Math.max(0, from - at), Math.max(0, from + length - at));
    if (piece !== '') shown.push({ text: piece, style });
    at += text.length;
  }
  return shown;
}

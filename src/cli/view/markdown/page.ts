import type { Container, LineStart } from './line-start.js';
import { margin, marginWidth } from './margins.js';
import type { Styles } from './sgr.js';

/** The lines that go out: begins each with what the blocks around it show there. */
export class Page {
  readonly #styles: Styles;
  #shown = '';
  #open: readonly Container[] = [];
  /** How many of them have no mark on the terminal yet. */
  #fresh = 0;
  #isLineOpen = false;
  /** A blank line that comes before the next text. */
  #gap: string | null = null;

  constructor(styles: Styles) {
    this.#styles = styles;
  }

  /** The blocks around what comes next. */
  get open(): readonly Container[] {
    return this.#open;
  }

  /** Whether the next line is the first of a list item. */
  get beginsItem(): boolean {
    return this.#fresh > 0 && this.#open.at(-1)?.kind === 'item';
  }

  /** What a further line of the same text begins with. */
  get margin(): string {
    return margin(this.#open, 0, this.#styles);
  }

  /** Its columns. */
  get marginWidth(): number {
    return marginWidth(this.#open);
  }

  add(text: string): void {
    this.#shown += text;
  }

  /** What was added since the last time. */
  taken(): string {
    const shown = this.#shown;
    this.#shown = '';
    return shown;
  }

  /** Other blocks are around what follows. */
  enter({ matched, opened }: LineStart): void {
    this.showMarks();
    this.#open = [...this.#open.slice(0, matched), ...opened];
    this.#fresh = opened.length;
  }

  startLine(): void {
    this.#newLine();
    this.add(margin(this.#open, this.#fresh, this.#styles));
    this.#fresh = 0;
    this.#isLineOpen = true;
  }

  /** Code stands at the beginning of the line, so that it can be copied as it is. */
  startCodeLine(): void {
    this.showMarks();
    this.#newLine();
    this.#isLineOpen = true;
  }

  /** The mark of a list item, when it has no text beside it. */
  showMarks(): void {
    const isItem = this.#open.slice(this.#open.length - this.#fresh).some(({ kind }) => kind === 'item');
    if (isItem) {
      this.#newLine();
      this.add(margin(this.#open, this.#fresh, this.#styles).trimEnd());
      this.#isLineOpen = true;
    }
    this.#fresh = 0;
  }

  /** However many blank lines come, one is shown, and none at the end. */
  leaveGap(): void {
    this.#gap = this.margin.trimEnd();
  }

  #newLine(): void {
    if (this.#isLineOpen) this.add(this.#gap === null ? '\n' : `\n${this.#gap}\n`);
    this.#gap = null;
  }
}

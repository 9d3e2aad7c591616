const OPEN = '<think>';
const CLOSE = '</think>';

type State = 'start' | 'thinking' | 'after' | 'text';

export interface ThinkPiece {
  type: 'reasoning' | 'text';
  text: string;
}

/**
 * Parts a `<think>` block at the start of a text (after white space) from the text itself, however it is cut into
 * pieces. Without a closing tag all of it is reasoning. A `<think>` further on is text like any other.
 */
export class ThinkSplitter {
  #state: State = 'start';
  #held = '';

  push(piece: string): ThinkPiece[] {
    if (this.#is('text')) return piece === '' ? [] : [{ type: 'text', text: piece }];
    this.#held += piece;
    if (this.#is('start')) this.#start();
    const out: ThinkPiece[] = [];
    if (this.#is('thinking')) this.#think(out);
    if (this.#is('after')) this.#skipSpace();
    if (this.#is('text')) this.#release(out, 'text', this.#held.length);
    return out;
  }

  /** What was still held back at the end. */
  end(): ThinkPiece[] {
    const out: ThinkPiece[] = [];
    this.#release(out, this.#is('thinking') ? 'reasoning' : 'text', this.#held.length);
    return out;
  }

  #is(state: State): boolean {
    return this.#state === state;
  }

  #start(): void {
    const body = this.#held.trimStart();
    if (body.startsWith(OPEN)) {
      this.#held = body.slice(OPEN.length);
      this.#state = 'thinking';
    } else if (!OPEN.startsWith(body)) {
      this.#state = 'text';
    }
  }

  #think(out: ThinkPiece[]): void {
    const close = this.#held.indexOf(CLOSE);
    if (close < 0) {
      this.#release(out, 'reasoning', this.#held.length - unfinishedTag(this.#held));
      return;
    }
    this.#release(out, 'reasoning', close);
    this.#held = this.#held.slice(CLOSE.length);
    this.#state = 'after';
  }

  /** The line breaks between the block and the answer belong to neither. */
  #skipSpace(): void {
    this.#held = this.#held.trimStart();
    if (this.#held !== '') this.#state = 'text';
  }

  #release(out: ThinkPiece[], type: ThinkPiece['type'], length: number): void {
    if (length > 0) out.push({ type, text: this.#held.slice(0, length) });
    this.#held = this.#held.slice(length);
  }
}

/** Length of the beginning of a closing tag at the end of `text`. */
function unfinishedTag(text: string): number {
  for (let n = Math.min(CLOSE.length - 1, text.length); n > 0; n--) if (text.endsWith(CLOSE.slice(0, n))) return n;
  return 0;
}

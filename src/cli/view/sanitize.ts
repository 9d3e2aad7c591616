const ESC = '\u001b';
const BEL = '\u0007';
const CAN = '\u0018';
const SUB = '\u001a';

/** What may stand in a terminal's text besides printable characters. */
const isAllowedControl = (char: string) => char === '\n' || char === '\t';

/** Bidirectional overrides and isolates: they show text in another order than it is. */
const isBidi = (code: number) =>
  (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) || code === 0x200e || code === 0x200f;

type State = 'text' | 'escape' | 'intermediate' | 'csi' | 'string' | 'string-escape';

/** Longest control string that is swallowed whole; a longer one was never closed, and the text behind it is shown again. */
const LONGEST_STRING = 4_096;

/**
 * Takes control sequences out of text that comes in pieces, so that a model can't drive the terminal: escape sequences,
 * control characters but newline and tab, and bidirectional overrides. A sequence may be split over any number of pieces.
 */
export class Sanitizer {
  #state: State = 'text';
  #length = 0;

  push(text: string): string {
    let clean = '';
    for (const char of text) clean += this.#next(char);
    return clean;
  }

  #next(char: string): string {
    const code = char.codePointAt(0) ?? 0;
    switch (this.#state) {
      case 'escape':
      case 'intermediate':
        return this.#escape(char, code);
      case 'csi':
        return this.#csi(char, code);
      case 'string':
      case 'string-escape':
        return this.#string(char, code);
      case 'text':
        return this.#text(char, code);
    }
  }

  #text(char: string, code: number): string {
    if (char === ESC) this.#state = 'escape';
    else if (code === 0x9b) this.#state = 'csi';
    else if (code === 0x90 || code === 0x98 || (code >= 0x9d && code <= 0x9f)) this.#openString();
    else if (isAllowedControl(char)) return char;
    else if (code >= 0x20 && !(code >= 0x7f && code <= 0x9f) && !isBidi(code)) return char;
    return '';
  }

  #escape(char: string, code: number): string {
    if (this.#state === 'escape') {
      if (char === '[') return this.#to('csi');
      if (char === ']' || char === 'P' || char === 'X' || char === '^' || char === '_') return this.#openString();
    }
    if (code >= 0x20 && code <= 0x2f) return this.#to('intermediate');
    this.#state = 'text';
    // An escape ends with its final byte; anything else is text again, looked at on its own.
    return code >= 0x30 && code <= 0x7e ? '' : this.#text(char, code);
  }

  #csi(char: string, code: number): string {
    if (code >= 0x20 && code <= 0x3f) return '';
    this.#state = 'text';
    return code >= 0x40 && code <= 0x7e ? '' : this.#text(char, code);
  }

  #string(char: string, code: number): string {
    if (this.#state === 'string-escape') {
      this.#state = 'text';
      return char === '\\' ? '' : this.#restartEscape(char, code);
    }
    if (char === BEL || char === CAN || char === SUB || code === 0x9c) return this.#to('text');
    if (char === ESC) return this.#to('string-escape');
    if (++this.#length > LONGEST_STRING || char === '\n') {
      this.#state = 'text';
      return this.#text(char, code);
    }
    return '';
  }

  #restartEscape(char: string, code: number): string {
    this.#state = 'escape';
    return this.#escape(char, code);
  }

  #openString(): string {
    this.#length = 0;
    return this.#to('string');
  }

  #to(state: State): string {
    this.#state = state;
    return '';
  }
}

/** JSON means the same with these characters escaped, and can't drive a terminal then. */
export function escapeJson(json: string): string {
  return json.replace(UNSAFE_IN_JSON, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** What `JSON.stringify` leaves as it is: DEL, C1 and bidirectional controls. */
const UNSAFE_IN_JSON = /[\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** A whole text without control sequences. */
export function sanitize(text: string): string {
  return new Sanitizer().push(text);
}

/** Any text as one line that can't drive a terminal. */
export function oneLine(text: string): string {
  return sanitize(text).replace(/\s+/g, ' ').trim();
}

import { StringDecoder } from 'node:string_decoder';

/** Characters of one line; longer ones are no answer of a sane provider. */
const MAX_LINE = 16 * 1024 * 1024;

export class LineTooLongError extends Error {}

/**
 * Reads the `data` of server-sent events. Split characters, CR and CRLF, comments and several data lines of one event are
 * seen to. An unfinished line is kept in pieces, so that a huge one is not copied again and again.
 */
export class SseReader {
  readonly #decoder = new StringDecoder('utf8');
  readonly #maxLine: number;
  /** Of the event that is not over yet. */
  #data: string[] = [];
  #pieces: string[] = [];
  #length = 0;
  #heldCr = '';
  #first = true;

  constructor(maxLine: number = MAX_LINE) {
    this.#maxLine = maxLine;
  }

  /** The events that end in these bytes. @throws LineTooLongError */
  push(bytes: Buffer): string[] {
    const events: string[] = [];
    const text = this.#text(bytes);
    let from = 0;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', from)) {
      this.#line(this.#finish(text.slice(from, at)), events);
      from = at + 1;
    }
    this.#keep(text.slice(from));
    return events;
  }

  /** A last event without its empty line counts too. */
  end(): string[] {
    const events: string[] = [];
    this.#line(this.#finish(this.#decoder.end()), events);
    this.#line('', events);
    return events;
  }

  #text(bytes: Buffer): string {
    let text = this.#decoder.write(bytes);
    if (this.#heldCr !== '') {
      text = this.#heldCr + text;
      this.#heldCr = '';
    }
    if (this.#first && text !== '') {
      this.#first = false;
      if (text.startsWith('\uFEFF')) text = text.slice(1);
    }
    if (!text.includes('\r')) return text;
    // The other half of a CRLF may come with the next bytes.
    if (text.endsWith('\r')) {
      this.#heldCr = '\r';
      text = text.slice(0, -1);
    }
    return text.replace(/\r\n?/g, '\n');
  }

  #line(line: string, events: string[]): void {
    if (line.startsWith('data:')) this.#data.push(line.slice(line[5] === ' ' ? 6 : 5));
    else if (line === '' && this.#data.length > 0) {
      events.push(this.#data.length === 1 ? (this.#data[0] ?? '') : this.#data.join('\n'));
      this.#data = [];
    }
  }

  #keep(piece: string): void {
    if (piece === '') return;
    this.#length += piece.length;
    if (this.#length > this.#maxLine) throw new LineTooLongError(`a line of more than ${this.#maxLine} characters`);
    this.#pieces.push(piece);
  }

  #finish(piece: string): string {
    if (this.#pieces.length === 0 && piece.length <= this.#maxLine) return piece;
    this.#keep(piece);
    const line = this.#pieces.join('');
    this.#pieces = [];
    this.#length = 0;
    return line;
  }
}

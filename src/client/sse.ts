import { StringDecoder } from 'node:string_decoder';

/** Characters of one line; longer ones are no answer of a sane provider. */
export const MAX_LINE = 16 * 1024 * 1024;

export class LineTooLongError extends Error {}

/**
 * The `data` of server-sent events, those together that come with one piece of the body: split characters, CR and CRLF, comments and several data
 * lines of one event are seen to. A last event without its empty line counts too.
 *
 * @throws LineTooLongError
 */
export async function* decodeSse(body: AsyncIterable<Buffer>, maxLine: number = MAX_LINE): AsyncGenerator<string[]> {
  const lines = new Lines(maxLine);
  let data: string[] = [];
  for await (const bytes of body) {
    const events: string[] = [];
    for (const line of lines.push(bytes)) {
      if (line === '') {
        if (data.length > 0) events.push(data.join('\n'));
        data = [];
      } else if (line.startsWith('data:')) {
        data.push(line.slice(line[5] === ' ' ? 6 : 5));
      }
    }
    if (events.length > 0) yield events;
  }
  const last = lines.end();
  if (last.startsWith('data:')) data.push(last.slice(last[5] === ' ' ? 6 : 5));
  if (data.length > 0) yield [data.join('\n')];
}

/** Cuts bytes into lines. An unfinished line is kept in pieces, so that a huge one is not copied again and again. */
class Lines {
  readonly #decoder = new StringDecoder('utf8');
  readonly #maxLine: number;
  #pieces: string[] = [];
  #length = 0;
  #heldCr = '';
  #first = true;

  constructor(maxLine: number) {
    this.#maxLine = maxLine;
  }

  *push(bytes: Buffer): Generator<string> {
    let text = this.#heldCr + this.#decoder.write(bytes);
    this.#heldCr = '';
    if (this.#first && text !== '') {
      this.#first = false;
      if (text.startsWith('\uFEFF')) text = text.slice(1);
    }
    if (text.includes('\r')) {
      // The other half of a CRLF may come with the next bytes.
      if (text.endsWith('\r')) {
        this.#heldCr = '\r';
        text = text.slice(0, -1);
      }
      text = text.replace(/\r\n?/g, '\n');
    }
    let from = 0;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', from)) {
      yield this.#finish(text.slice(from, at));
      from = at + 1;
    }
    this.#keep(text.slice(from));
  }

  end(): string {
    return this.#finish(this.#decoder.end());
  }

  #keep(piece: string): void {
    if (piece === '') return;
    this.#length += piece.length;
    if (this.#length > this.#maxLine) throw new LineTooLongError(`a line of more than ${this.#maxLine} characters`);
    this.#pieces.push(piece);
  }

  #finish(piece: string): string {
    this.#keep(piece);
    const line = this.#pieces.length === 1 ? (this.#pieces[0] ?? '') : this.#pieces.join('');
    this.#pieces = [];
    this.#length = 0;
    return line;
  }
}

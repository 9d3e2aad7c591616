import type { IncomingMessage } from 'node:http';

/** Bytes that wait for a reader before the connection is told to hold back. */
const HIGH_WATER = 64 * 1024;

/**
 * The body of a response as it comes, pieces that wait together as one. Much cheaper than Node's own iterator of a stream,
 * which matters where every token comes as a piece of its own. It is read once; leaving early leaves the connection open.
 */
export class IncomingBody implements AsyncIterableIterator<Buffer> {
  readonly #response: IncomingMessage;
  #pieces: Buffer[] = [];
  #size = 0;
  #over = false;
  #error: Error | null = null;
  #waiting: { resolve: (result: IteratorResult<Buffer>) => void; reject: (error: Error) => void } | null = null;

  constructor(response: IncomingMessage) {
    this.#response = response;
    response.on('data', this.#onData);
    response.once('end', this.#onEnd);
    response.on('error', this.#onError);
    response.once('close', this.#onClose);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Buffer>> {
    if (this.#pieces.length > 0) return Promise.resolve({ done: false, value: this.#taken() });
    if (this.#error) return Promise.reject(this.#error);
    if (this.#over) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  return(): Promise<IteratorResult<Buffer>> {
    this.#leave();
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Lets the rest pass unread. */
  drain(): void {
    this.#leave();
    this.#response.resume();
  }

  #taken(): Buffer {
    const [first] = this.#pieces;
    const value = this.#pieces.length === 1 && first ? first : Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#size = 0;
    if (this.#response.isPaused()) this.#response.resume();
    return value;
  }

  readonly #onData = (piece: Buffer): void => {
    const waiting = this.#waiting;
    if (waiting) {
      this.#waiting = null;
      waiting.resolve({ done: false, value: piece });
      return;
    }
    this.#pieces.push(piece);
    this.#size += piece.length;
    if (this.#size >= HIGH_WATER) this.#response.pause();
  };

  readonly #onEnd = (): void => {
    this.#over = true;
    this.#waiting?.resolve({ done: true, value: undefined });
    this.#waiting = null;
  };

  readonly #onError = (error: Error): void => {
    this.#error ??= error;
    this.#waiting?.reject(this.#error);
    this.#waiting = null;
  };

  readonly #onClose = (): void => {
    if (!this.#over && !this.#error) this.#onError(new Error('the connection was closed'));
  };

  /** An error may still come, and must not be one that nobody listens to. */
  #leave(): void {
    this.#over = true;
    this.#pieces = [];
    this.#response.removeListener('data', this.#onData);
  }
}

import type { Writable } from 'node:stream';
import { MomError } from '../../core/error.js';

/** Why nothing more can be written: the reader went away, or the write failed. */
export type OutputEnd = { kind: 'closed' } | { kind: 'failed'; error: MomError };

/** stdout as a place for the answer: knows whether it still takes text, and whether the last line is closed. */
export class AnswerOutput {
  end: OutputEnd | null = null;
  #stream: Writable;
  #lastChar = '';
  #written = false;

  /** `onEnd` is called once, when nothing more can be written. */
  constructor(stream: Writable, onEnd: (end: OutputEnd) => void) {
    this.#stream = stream;
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (this.end) return;
      this.end = error.code === 'EPIPE' ? { kind: 'closed' } : { kind: 'failed', error: outputError('stdout', error) };
      onEnd(this.end);
    });
  }

  get hasWritten(): boolean {
    return this.#written;
  }

  write(text: string): void {
    if (text === '' || this.end) return;
    this.#written = true;
    this.#lastChar = text.at(-1) ?? '';
    this.#stream.write(text);
  }

  /** Closes the last line when text was written and it is open. */
  closeLine(): void {
    if (this.#written && this.#lastChar !== '\n') this.write('\n');
  }

  /** Resolves when everything is with the system, or never will be. */
  async flushed(): Promise<void> {
    if (this.end || this.#stream.destroyed) return;
    await new Promise<void>((resolve) => {
      this.#stream.once('error', () => resolve());
      this.#stream.write('', () => resolve());
    });
  }
}

export function outputError(where: string, cause: unknown): MomError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new MomError('output_failed', `${where} could not be written: ${reason}`, {
    hint: 'make room or write somewhere else',
    cause,
  });
}

import type { Writable } from 'node:stream';
import type { MomError } from '../../core/error.js';
import type { OutputFormat } from '../report.js';
import { escapeJson, Sanitizer } from '../view/sanitize.js';
import { outputError } from './output-error.js';

/** Why nothing more can be written: the reader went away, or the write failed. */
export type OutputEnd = { kind: 'closed' } | { kind: 'failed'; error: MomError };

/**
 * stdout as a place for the answer: knows whether it still takes text, and whether the last line is closed. Only what can't
 * drive a terminal gets through to one; a pipe gets the text as it is.
 */
export class AnswerOutput {
  end: OutputEnd | null = null;
  #stream: Writable;
  #clean: (text: string) => string;
  #lastChar = '';
  #written = false;

  /** `onEnd` is called once, when nothing more can be written. */
  constructor(stream: Writable & { isTTY?: boolean }, format: OutputFormat, onEnd: (end: OutputEnd) => void) {
    this.#stream = stream;
    const sanitizer = new Sanitizer();
    this.#clean = !stream.isTTY ? (text) => text : format === 'text' ? (text) => sanitizer.push(text) : escapeJson;
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (this.end) return;
      this.end = error.code === 'EPIPE' ? { kind: 'closed' } : { kind: 'failed', error: outputError('stdout', error) };
      onEnd(this.end);
    });
  }

  write(text: string): void {
    const shown = this.end ? '' : this.#clean(text);
    if (shown === '') return;
    this.#written = true;
    this.#lastChar = shown.at(-1) ?? '';
    this.#stream.write(shown);
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

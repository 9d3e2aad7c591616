import type { Writable } from 'node:stream';
import type { MomError } from '../../core/error.js';
import type { CallRecord } from '../../core/run.js';
import type { OutputFormat } from '../report.js';
import { escapeJson, Sanitizer } from '../view/sanitize.js';
import { MarkdownScreen } from './markdown-screen.js';
import { outputError } from './output-error.js';
import type { Rendering } from './rendering.js';

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
  #screen: MarkdownScreen | null = null;
  #closesLine = false;

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

  /** From here on what is written is Markdown, and shown as such. */
  render(rendering: Rendering): void {
    this.#screen = new MarkdownScreen(rendering, (shown) => this.#put(shown));
  }

  /** Gets ready for text that will come. */
  prepare(): void {
    this.#screen?.prepare();
  }

  /** `proposals`: those that the text is made of; where Markdown is rendered they may stand side by side. */
  write(text: string, proposals?: readonly CallRecord[]): void {
    if (this.end) return;
    if (this.#screen) this.#screen.show(proposals ?? text);
    else this.#put(this.#clean(text));
  }

  /** Closes the last line when text was written and it is open. */
  closeLine(): void {
    if (this.#screen) this.#closesLine = true;
    else if (this.#written && this.#lastChar !== '\n') this.write('\n');
  }

  #put(shown: string): void {
    if (this.end || shown === '') return;
    this.#written = true;
    this.#lastChar = shown.at(-1) ?? '';
    this.#stream.write(shown);
  }

  /** Resolves when everything is with the system, or never will be. */
  async flushed(): Promise<void> {
    await this.#screen?.end();
    this.#screen = null;
    if (this.#closesLine) this.closeLine();
    if (this.end || this.#stream.destroyed) return;
    await new Promise<void>((resolve) => {
      this.#stream.once('error', () => resolve());
      this.#stream.write('', () => resolve());
    });
  }
}

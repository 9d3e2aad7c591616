import type { AnswerSource } from '../core/run.js';
import type { Recorder } from './recorder.js';

/**
 * The answer on its way out. While it is streamed its text is held back until the first visible character: up to there
 * another critic can still take over, after it nothing can be taken back.
 */
export class AnswerWriter {
  readonly #recorder: Recorder;
  readonly #stream: boolean;
  #held = '';
  #shown = '';

  constructor(recorder: Recorder, stream: boolean) {
    this.#recorder = recorder;
    this.#stream = stream;
  }

  /** True once text has gone out that can't be taken back. */
  get visible(): boolean {
    return this.#shown !== '';
  }

  /** What has gone out so far; null while nothing has. */
  get shown(): string | null {
    return this.visible ? this.#shown : null;
  }

  /** More text of the call that writes the answer. */
  push(source: AnswerSource, model: string, text: string): void {
    if (!this.#stream) return;
    this.#held += text;
    if (!this.visible && this.#held.trim() === '') return;
    this.#send(source, model, this.#held);
    this.#held = '';
  }

  /** The text held so far is void. */
  reset(): void {
    this.#held = '';
  }

  /** The whole answer, unless it was already streamed. */
  whole(source: AnswerSource, model: string, text: string): void {
    this.#held = '';
    if (!this.visible) this.#send(source, model, text);
  }

  #send(source: AnswerSource, model: string, text: string): void {
    if (!this.visible) this.#recorder.emit({ type: 'answer.start', source, model });
    this.#shown += text;
    this.#recorder.emit({ type: 'answer.delta', text });
  }
}

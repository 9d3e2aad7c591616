import type { AnswerSource } from '../../core/run.js';
import type { ToolCall } from '../../core/tool.js';
import type { Recorder } from '../recorder.js';
import { maySayMark, saysMark } from './reply-mark.js';

/** Where the text of an answer goes. */
export interface AnswerOutlet {
  /** True once text has gone out that can't be taken back. */
  readonly visible: boolean;
  /** What has gone out so far; null while nothing has. */
  readonly shown: string | null;
  /** More text of the call that writes the answer. */
  push(source: AnswerSource, model: string, text: string): void;
  /** The text held so far is void. */
  reset(): void;
  /** The whole answer: its text, unless it was already streamed, and what it wants called, unless that is known. */
  whole(source: AnswerSource, model: string | null, text: string, calls?: readonly ToolCall[]): void;
  /** More text after a whole answer. */
  append(text: string): void;
}

/** For a draft that later stages may change: nothing of it is shown, so every fallback stays open. */
export const DRAFT: AnswerOutlet = { visible: false, shown: null, push() {}, reset() {}, whole() {}, append() {} };

/**
 * The answer on its way out. While it is streamed its text is held back until the first visible character: up to there
 * another critic can still take over, after it nothing can be taken back. Tool calls go out when the answer is whole.
 */
export class AnswerWriter implements AnswerOutlet {
  readonly #recorder: Recorder;
  readonly #stream: boolean;
  #held = '';
  #shown = '';
  #started = false;
  #calls = 0;

  constructor(recorder: Recorder, stream: boolean) {
    this.#recorder = recorder;
    this.#stream = stream;
  }

  get visible(): boolean {
    return this.#started;
  }

  get shown(): string | null {
    return this.#shown === '' ? null : this.#shown;
  }

  push(source: AnswerSource, model: string, text: string): void {
    if (!this.#stream) return;
    this.#held += text;
    if (!this.visible && this.#held.trim() === '') return;
    this.#send(source, model, this.#held);
    this.#held = '';
  }

  reset(): void {
    this.#held = '';
  }

  whole(source: AnswerSource, model: string | null, text: string, calls: readonly ToolCall[] = []): void {
    this.#held = '';
    if (!this.visible) this.#send(source, model, calls.length > 0 && text.trim() === '' ? '' : text);
    for (const call of calls.slice(this.#calls)) this.#recorder.emit({ type: 'answer.tool_call', index: this.#calls++, call });
  }

  append(text: string): void {
    if (this.visible) this.#more(text);
  }

  #send(source: AnswerSource, model: string | null, text: string): void {
    if (!this.visible) this.#recorder.emit({ type: 'answer.start', source, model });
    this.#started = true;
    this.#more(text);
  }

  #more(text: string): void {
    if (text === '') return;
    this.#shown += text;
    this.#recorder.emit({ type: 'answer.delta', text });
  }
}

/** Characters of a text in which a mark would stand. */
const MARK_ROOM = 200;

/** Holds a text back as long as it may still turn out to be a mark that says that there is no text. */
export class UnlessMark implements AnswerOutlet {
  readonly #outlet: AnswerOutlet;
  readonly #mark: string;
  #held = '';

  constructor(outlet: AnswerOutlet, mark: string) {
    this.#outlet = outlet;
    this.#mark = mark;
  }

  get visible(): boolean {
    return this.#outlet.visible;
  }

  get shown(): string | null {
    return this.#outlet.shown;
  }

  push(source: AnswerSource, model: string, text: string): void {
    this.#held += text;
    if (!this.visible && maySayMark(this.#held.slice(0, MARK_ROOM), this.#mark)) return;
    this.#outlet.push(source, model, this.#held);
    this.#held = '';
  }

  reset(): void {
    this.#held = '';
    this.#outlet.reset();
  }

  whole(source: AnswerSource, model: string | null, text: string, calls: readonly ToolCall[] = []): void {
    if (!saysMark(text, this.#mark)) this.#outlet.whole(source, model, text, calls);
  }

  append(text: string): void {
    this.#outlet.append(text);
  }
}

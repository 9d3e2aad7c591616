import type { Target } from '../../app/service/service.js';
import { MomError } from '../../core/error.js';
import type { EventSink, RunEvent } from '../../core/event.js';
import type { CallRecord, RunResult } from '../../core/run.js';
import type { ToolCall } from '../../core/tool.js';
import { answerText, hasAnswer } from './answer.js';

/** Told whenever there is more to read: text, a tool call, or the end. */
export interface RunReader {
  notify(): void;
}

export interface LiveRunOptions {
  id: string;
  target: Target;
  /** Proposals of an earlier run that this one begins with. */
  kept: readonly CallRecord[];
  /** Seconds since 1970. */
  created: number;
  /** Takes secrets out of what others have said. */
  clean: (text: string) => string;
  onAbandoned: (run: LiveRun) => void;
}

/**
 * A run under way and what its answer has come to, for any number of readers: a late one finds everything from the
 * start. When the last one leaves before the end, the run is aborted.
 */
export class LiveRun implements EventSink {
  readonly id: string;
  readonly target: Target;
  readonly kept: readonly CallRecord[];
  readonly created: number;
  readonly clean: (text: string) => string;
  /** The answer so far, as it came. */
  readonly pieces: string[] = [];
  /** UTF-16 units of all pieces. */
  characters = 0;
  readonly toolCalls: ToolCall[] = [];
  result: RunResult | null = null;
  /** Why there was no run at all. */
  failure: MomError | null = null;
  /** The first call has left, or there is none: what comes now can't be an HTTP status any more. */
  readonly begun: Promise<void>;
  /** Resolves at the end, whatever it is. */
  readonly over: Promise<void>;
  /** Aborts the run. */
  readonly signal: AbortSignal;
  readonly #controller = new AbortController();
  readonly #readers = new Set<RunReader>();
  readonly #finished: Map<string, CallRecord>;
  readonly #onAbandoned: (run: LiveRun) => void;
  #begin = () => {};
  #end = () => {};

  constructor(options: LiveRunOptions) {
    this.id = options.id;
    this.target = options.target;
    this.kept = options.kept;
    this.created = options.created;
    this.clean = options.clean;
    this.signal = this.#controller.signal;
    this.#finished = new Map(options.kept.map((call) => [call.id, call]));
    this.#onAbandoned = options.onAbandoned;
    this.begun = new Promise((resolve) => {
      this.#begin = resolve;
    });
    this.over = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  get isOver(): boolean {
    return this.result !== null || this.failure !== null;
  }

  /** Its last reader has left: it ends without having been read. */
  get isAbandoned(): boolean {
    return this.signal.aborted;
  }

  /** Usable proposals so far, as they were paid for. */
  get proposals(): CallRecord[] {
    return [...this.#finished.values()];
  }

  join(reader: RunReader): void {
    this.#readers.add(reader);
  }

  /** The last one to leave ends the run. More than once is once. */
  leave(reader: RunReader): void {
    if (!this.#readers.delete(reader) || this.#readers.size > 0 || this.isOver || this.isAbandoned) return;
    this.#controller.abort(new MomError('cancelled', 'the client went away'));
    this.#onAbandoned(this);
  }

  handle(event: RunEvent): void {
    switch (event.type) {
      case 'answer.delta':
        this.#add(event.text);
        this.#notify();
        break;
      case 'answer.tool_call':
        this.toolCalls.push(event.call);
        this.#notify();
        break;
      case 'call.start':
        // A call that is refused at once, as of a model that is left alone, has not left.
        setImmediate(this.#begin);
        break;
      case 'call.kept':
        this.#begin();
        break;
      case 'call.end':
        if (event.call.kind === 'proposer' && event.call.status === 'answered') this.#finished.set(event.call.id, event.call);
        break;
      case 'run.end':
        this.settle(event.result);
        break;
    }
  }

  /** The run has come to its end. More than once is once. */
  settle(result: RunResult): void {
    if (this.isOver) return;
    this.result = result;
    const text = hasAnswer(result) && this.characters === 0 ? answerText(result) : null;
    if (text !== null) this.#add(text);
    this.#close();
  }

  /** The run could not be made. */
  fail(error: MomError): void {
    if (this.isOver) return;
    this.failure = error;
    this.#close();
  }

  #add(text: string): void {
    if (text === '') return;
    this.pieces.push(text);
    this.characters += text.length;
  }

  #close(): void {
    this.#begin();
    this.#end();
    this.#notify();
  }

  #notify(): void {
    for (const reader of this.#readers) reader.notify();
  }
}

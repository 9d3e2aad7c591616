import type { Clock } from '../../core/clock.js';
import { MomError, toMomError } from '../../core/error.js';
import { SLOW_CLIENT } from '../../core/limits.js';
import { HEARTBEAT } from './frames.js';
import type { LiveRun, RunReader } from './live-run.js';
import { departure } from './reading.js';

/** What is written of a run, and what is told when it is over. */
export interface StreamParts {
  live: LiveRun;
  clock: Clock;
  /** Longest silence in milliseconds. */
  heartbeat: number;
  /** Aborts when the client goes away, or the gateway stops. */
  signal: AbortSignal;
  first(): string;
  text(text: string): string;
  toolCall(index: number): string;
  /** Once the run is over. */
  last(): string;
  /** Closes the connection of a client that does not read. */
  hangUp(): void;
  /** The end of an answer that is broken off by the gateway, or by a bug. */
  broken(reason: MomError): string;
  /** Once. @param cut why the client did not get the end of the run, null when it got it */
  onEnd(cut: MomError | null): void;
}

/** UTF-16 units of text in one frame at most. */
const FRAME_TEXT = 64 * 1024;

/**
 * A run's answer as a body that is written as fast as it is read: nothing is put into a queue, what waits stands in
 * the run itself. A client that stops reading for too long counts as gone.
 */
export class AnswerStream implements RunReader {
  readonly body: ReadableStream<Uint8Array>;
  readonly #parts: StreamParts;
  #controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  /** The client waits for more. */
  #wanted = false;
  /** More has come in this turn of the event loop: it goes out as one. */
  #gathers = false;
  #begun = false;
  #ended = false;
  #stopped: MomError | null = null;
  #piece = 0;
  #taken = 0;
  /** Text that was taken from the run and not yet written. */
  #rest = '';
  #toolCalls = 0;
  #lastMs: number;
  #stopHeart = () => {};
  #stopPatience: (() => void) | null = null;

  constructor(parts: StreamParts) {
    this.#parts = parts;
    this.#lastMs = parts.clock.now();
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => this.#pull(),
        cancel: () => this.#leave(new MomError('cancelled', 'the client went away')),
      },
      { highWaterMark: 0 },
    );
    parts.live.join(this);
    parts.signal.addEventListener('abort', this.#onAbort, { once: true });
    this.#beat();
    if (parts.signal.aborted) this.#onAbort();
  }

  /** What comes at once is gathered: many small frames cost more than their text. */
  notify(): void {
    if (this.#ended || this.#gathers) return;
    this.#gathers = true;
    setImmediate(() => {
      this.#gathers = false;
      this.#flush();
    });
  }

  #pull(): void {
    this.#stopPatience?.();
    this.#stopPatience = null;
    this.#wanted = true;
    this.#flush();
  }

  #flush(): void {
    if (this.#ended) return;
    if (this.#wanted) this.#send(this.#due());
    this.#watch();
  }

  /** Nobody above catches what is thrown in a turn of its own: a bug ends this stream, not the gateway. */
  #due(): string {
    try {
      return this.#next();
    } catch (error) {
      this.#ended = true;
      this.#stopped = toMomError(error);
      return this.#parts.broken(this.#stopped);
    }
  }

  /** All frames that are due, as far as they fit into one piece. */
  #next(): string {
    const { live, first, text, toolCall, last, broken } = this.#parts;
    let out = this.#begun ? '' : first();
    this.#begun = true;
    if (this.#stopped && (live.isOver || !live.isAbandoned)) {
      this.#ended = true;
      return out + broken(this.#stopped);
    }
    const more = this.#takeText();
    if (more !== '') out += text(more);
    if (this.#piece < live.pieces.length || this.#rest !== '') return out;
    while (this.#toolCalls < live.toolCalls.length) out += toolCall(this.#toolCalls++);
    if (!live.isOver) return out;
    this.#ended = true;
    return out + last();
  }

  /** Text that has come since, never half of a character that takes two units. */
  #takeText(): string {
    const { pieces, isOver } = this.#parts.live;
    let text = this.#rest;
    while (this.#piece < pieces.length && text.length < FRAME_TEXT) text += pieces[this.#piece++];
    const isLast = isOver && this.#piece === pieces.length;
    const end = Math.min(text.length, FRAME_TEXT);
    const cut = endsInHalf(text, end) && !(isLast && end === text.length) ? end - 1 : end;
    this.#rest = text.slice(cut);
    this.#taken += cut;
    return text.slice(0, cut);
  }

  #send(out: string): void {
    if (out === '') return;
    this.#wanted = false;
    this.#lastMs = this.#parts.clock.now();
    this.#controller?.enqueue(Buffer.from(out));
    if (!this.#ended) return;
    this.#controller?.close();
    this.#end(this.#stopped);
  }

  /** A heartbeat whenever nothing was sent for so long; where nobody waits, nobody would read it. */
  #beat(): void {
    const { clock, heartbeat } = this.#parts;
    const silent = clock.now() - this.#lastMs;
    if (silent >= heartbeat) {
      if (this.#wanted) this.#send(HEARTBEAT);
      this.#lastMs = clock.now();
    }
    this.#stopHeart = clock.after(Math.max(1, heartbeat - (clock.now() - this.#lastMs)), () => this.#beat());
  }

  /** Starts the patience with a client that does not read although much, or the end, is there. */
  #watch(): void {
    const { live, clock } = this.#parts;
    if (this.#ended || this.#wanted || this.#stopPatience) return;
    if (live.characters - this.#taken <= SLOW_CLIENT.waiting && !live.isOver) return;
    this.#stopPatience = clock.after(SLOW_CLIENT.patience, () => {
      const gone = new MomError('cancelled', `the client had read nothing for ${SLOW_CLIENT.patience / 1_000} s`);
      this.#parts.hangUp();
      this.#drop(gone);
    });
  }

  /** A gateway that stops says so in the stream; a client that has gone is told nothing. */
  readonly #onAbort = (): void => {
    const { live, signal } = this.#parts;
    const reason = departure(signal);
    if (reason.code === 'cancelled') {
      this.#drop(reason);
      return;
    }
    this.#stopped = reason;
    live.leave(this);
    if (live.isAbandoned) void live.over.then(() => this.notify());
    else this.notify();
  };

  /** A server whose connection is closed cancels the body by itself in the same turn; an error would be loud there. */
  #drop(gone: MomError): void {
    this.#leave(gone);
    setImmediate(() => setImmediate(() => this.#controller?.error(gone)));
  }

  #leave(gone: MomError): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#end(gone);
  }

  #end(cut: MomError | null): void {
    const { live, signal, onEnd } = this.#parts;
    this.#stopHeart();
    this.#stopPatience?.();
    signal.removeEventListener('abort', this.#onAbort);
    live.leave(this);
    onEnd(cut);
  }
}

/** True when the unit before `end` is the first half of a pair. */
function endsInHalf(text: string, end: number): boolean {
  const unit = end > 0 ? text.charCodeAt(end - 1) : 0;
  return unit >= 0xd800 && unit <= 0xdbff;
}

import { setMaxListeners } from 'node:events';
import type { Clock } from '../../core/clock.js';
import { formatDuration } from '../../core/duration.js';
import type { MomError } from '../../core/error.js';
import type { CallEvent, CallRequest } from '../../core/model-client.js';
import { callError, cancelledError } from './errors.js';

export type Call = (request: CallRequest) => AsyncIterable<CallEvent>;

const PROGRESS: ReadonlySet<CallEvent['type']> = new Set(['text', 'reasoning', 'tool_delta', 'tool_call', 'finish']);

/**
 * Bounds a call with all its retries, and in each attempt the time to its first progress (reasoning, text, a tool call) and
 * between such events. What goes on when a limit is hit, or the request's signal aborts, is cut at once.
 */
export function withLimits(call: Call, clock: Clock): Call {
  return (request) => ({ [Symbol.asyncIterator]: () => new LimitedCall(call, clock, request) });
}

type Result = IteratorResult<CallEvent, undefined>;
const DONE: Result = { done: true, value: undefined };

/** Written by hand, with one timer and one signal for all limits: every token of every model passes here. */
class LimitedCall implements AsyncIterator<CallEvent, undefined> {
  readonly #request: CallRequest;
  readonly #clock: Clock;
  readonly #controller = new AbortController();
  readonly #events: AsyncIterator<CallEvent>;
  readonly #callEnd: number;
  /** When the attempt must have made progress. */
  #attemptEnd = Number.POSITIVE_INFINITY;
  /** Milliseconds it gets anew once the reader asks for more: a slow reader is not the provider's fault. */
  #granted: number | null = null;
  #started = false;
  #finished = false;
  #ended = false;
  /** Why the call was cut; `quiet`: its answer is complete, the provider only owes its usage. */
  #cut: { reason: MomError; quiet: boolean } | null = null;
  #waiting: { resolve: (result: Result) => void; reject: (error: unknown) => void } | null = null;
  #timer: { at: number; disarm: () => void } | null = null;

  constructor(call: Call, clock: Clock, request: CallRequest) {
    this.#request = request;
    this.#clock = clock;
    this.#callEnd = clock.now() + request.timeouts.call;
    this.#events = call({ ...request, signal: this.#controller.signal })[Symbol.asyncIterator]();
    const { signal } = request;
    if (signal.aborted) this.#onAbort();
    else {
      // One signal serves every call of a run: many listeners are no leak.
      setMaxListeners(0, signal);
      signal.addEventListener('abort', this.#onAbort, { once: true });
    }
  }

  next(): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      if (this.#ended) this.#settle(DONE);
      else if (this.#cut) this.#tellCut();
      else {
        if (this.#granted !== null) this.#attemptEnd = this.#clock.now() + this.#granted;
        this.#granted = null;
        this.#arm();
        this.#events.next().then(this.#onResult, this.#onError);
      }
    });
  }

  /** Nobody reads on. */
  return(): Promise<Result> {
    if (!this.#ended && !this.#cut) this.#stop(cancelledError(this.#controller.signal, this.#request.model));
    this.#ended = true;
    return Promise.resolve(DONE);
  }

  readonly #onResult = (result: IteratorResult<CallEvent>): void => {
    if (this.#waiting === null) return;
    if (result.done) {
      this.#release();
      this.#ended = true;
      this.#settle(DONE);
      return;
    }
    this.#note(result.value.type);
    this.#settle(result);
  };

  readonly #onError = (error: unknown): void => {
    if (this.#waiting === null) return;
    this.#release();
    this.#ended = true;
    this.#fail(error);
  };

  /** The request's signal: what is under way ends, whoever reads. */
  readonly #onAbort = (): void => this.#cutWith(cancelledError(this.#request.signal, this.#request.model), false);

  #note(type: CallEvent['type']): void {
    const { first_event, idle } = this.#request.timeouts;
    if (type === 'attempt') {
      this.#started = false;
      this.#granted = first_event;
    } else if (type === 'restart') {
      this.#granted = Number.POSITIVE_INFINITY;
    } else if (PROGRESS.has(type)) {
      this.#started = true;
      this.#finished ||= type === 'finish';
      this.#granted = idle;
    }
  }

  /** A timer that is due too early is left alone: it looks again when it fires. */
  #arm(): void {
    const at = this.#waiting ? Math.min(this.#callEnd, this.#attemptEnd) : this.#callEnd;
    if (this.#timer && this.#timer.at <= at) return;
    this.#timer?.disarm();
    this.#timer = { at, disarm: this.#clock.after(Math.max(0, at - this.#clock.now()), this.#onTimer) };
  }

  readonly #onTimer = (): void => {
    this.#timer = null;
    const now = this.#clock.now();
    if (now >= this.#callEnd) this.#cutWith(this.#callLimit(), false);
    else if (this.#waiting && now >= this.#attemptEnd) this.#cutWith(this.#attemptLimit(), this.#finished);
    else this.#arm();
  };

  #cutWith(reason: MomError, quiet: boolean): void {
    if (this.#cut || this.#ended) return;
    this.#cut = { reason, quiet };
    this.#stop(reason);
    if (this.#waiting) this.#tellCut();
  }

  #tellCut(): void {
    this.#ended = true;
    if (this.#cut?.quiet) this.#settle(DONE);
    else this.#fail(this.#cut?.reason);
  }

  /** Closes what is still open, without waiting for it. */
  #stop(reason: MomError): void {
    this.#release();
    this.#controller.abort(reason);
    // It may end with the abort that has just been told.
    this.#events.return?.(undefined).catch(() => {});
  }

  #release(): void {
    this.#timer?.disarm();
    this.#timer = null;
    this.#request.signal.removeEventListener('abort', this.#onAbort);
  }

  #settle(result: Result): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.resolve(result);
  }

  #fail(error: unknown): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.reject(error);
  }

  #callLimit(): MomError {
    const { model, timeouts } = this.#request;
    return callError('timeout', `${model} was not done after ${formatDuration(timeouts.call)} (call limit)`, {
      hint: 'raise timeouts.call (--model-timeout), or use a faster model',
    });
  }

  #attemptLimit(): MomError {
    const { model, timeouts } = this.#request;
    const [ms, name, cure] = this.#started
      ? ([timeouts.idle, 'idle', 'use another model'] as const)
      : ([timeouts.first_event, 'first_event', 'use a faster model'] as const);
    return callError('timeout', `${model} sent nothing for ${formatDuration(ms)} (${name} limit)`, {
      hint: `raise timeouts.${name}, or ${cure}`,
    });
  }
}

import { setMaxListeners } from 'node:events';
import type { Clock } from '../core/clock.js';
import { formatDuration } from '../core/duration.js';
import type { MomError } from '../core/error.js';
import type { CallEvent, CallRequest } from '../core/model-client.js';
import { callError, cancelledError } from './errors.js';

export type Call = (request: CallRequest) => AsyncIterable<CallEvent>;

/** Bounds one attempt: the time to its first progress (reasoning or text) and between such events. */
export function withAttemptLimits(call: Call, clock: Clock): Call {
  return async function* limited(request) {
    const { first_event, idle } = request.timeouts;
    const guard = new Guard(request);
    let limit = callError('timeout', `${request.model} sent nothing for ${formatDuration(first_event)} (first_event limit)`, {
      hint: 'raise timeouts.first_event, or use a faster model',
    });
    let deadline = clock.now() + first_event;
    let finished = false;
    const events = call(guard.request)[Symbol.asyncIterator]();
    try {
      for (;;) {
        // The clock runs only while the provider is awaited, not while a slow reader holds the answer up.
        const disarm = clock.after(Math.max(0, deadline - clock.now()), () => guard.cut(limit));
        const next = await guard.race(events.next()).finally(disarm);
        if (next.done) return;
        yield next.value;
        const { type } = next.value;
        finished ||= type === 'finish';
        if (type !== 'text' && type !== 'reasoning' && type !== 'finish') continue;
        deadline = clock.now() + idle;
        limit = callError('timeout', `${request.model} sent nothing for ${formatDuration(idle)} (idle limit)`, {
          hint: 'raise timeouts.idle, or use another model',
        });
      }
    } catch (error) {
      // The answer is complete; the provider only owes its usage.
      if (finished && error === limit) return;
      throw error;
    } finally {
      guard.end(events);
    }
  };
}

/** Bounds a call with all its retries. */
export function withCallLimit(call: Call, clock: Clock): Call {
  return async function* limited(request) {
    const ms = request.timeouts.call;
    const guard = new Guard(request);
    const limit = callError('timeout', `${request.model} was not done after ${formatDuration(ms)} (call limit)`, {
      hint: 'raise timeouts.call (--model-timeout), or use a faster model',
    });
    const disarm = clock.after(ms, () => guard.cut(limit));
    const events = call(guard.request)[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await guard.race(events.next());
        if (next.done) return;
        yield next.value;
      }
    } finally {
      disarm();
      guard.end(events);
    }
  };
}

/** A request whose signal also aborts when a limit is hit, or when nobody reads on. */
class Guard {
  readonly request: CallRequest;
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal;
  readonly #onAbort: () => void;
  readonly #broken: Promise<never>;

  constructor(request: CallRequest) {
    this.#outer = request.signal;
    this.#onAbort = () => this.#controller.abort(cancelledError(this.#outer, request.model));
    this.#broken = new Promise((_, reject) => {
      this.#controller.signal.addEventListener('abort', () => reject(this.#controller.signal.reason), { once: true });
    });
    // Nobody may be racing against it when it breaks.
    this.#broken.catch(() => {});
    if (this.#outer.aborted) this.#onAbort();
    else {
      // One signal serves every call of a run: many listeners are no leak.
      setMaxListeners(0, this.#outer);
      this.#outer.addEventListener('abort', this.#onAbort, { once: true });
    }
    this.request = { ...request, signal: this.#controller.signal };
  }

  cut(limit: MomError): void {
    this.#controller.abort(limit);
  }

  /** The promise's outcome, unless the signal aborts first: then its reason, whatever the promise makes of it. */
  async race<T>(promise: Promise<T>): Promise<T> {
    const result = await Promise.race([promise, this.#broken]).catch((error: unknown) => {
      throw this.#controller.signal.aborted ? this.#controller.signal.reason : error;
    });
    this.#controller.signal.throwIfAborted();
    return result;
  }

  /** Closes what is still open, without waiting for it. */
  end(events: AsyncIterator<CallEvent>): void {
    this.#outer.removeEventListener('abort', this.#onAbort);
    this.#controller.abort(this.#controller.signal.reason ?? cancelledError(this.#controller.signal, this.request.model));
    // It may end with the abort that has just been told.
    events.return?.(undefined).catch(() => {});
  }
}

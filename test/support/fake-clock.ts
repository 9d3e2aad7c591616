import './lazy-engine.js';
import type { Clock } from '../../src/core/clock.js';

/** A clock that jumps to the next timer as soon as everything else has come to rest. */
export class FakeClock implements Clock {
  #now = 0;
  #timers: { at: number; callback: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  date(): Date {
    return new Date(Date.UTC(2026, 0, 2, 3, 4, 5) + this.#now);
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.#now + ms, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Runs `work` to its end, letting time pass whenever it waits for a timer. */
  async play<T>(work: Promise<T>): Promise<T> {
    let done = false;
    const settled = work.finally(() => {
      done = true;
    });
    settled.catch(() => undefined);
    for (let round = 0; !done && round < 10_000; round++) {
      await rest();
      if (!done) this.#fireNext();
    }
    if (!done) throw new Error('the work waits for something that no timer brings');
    return settled;
  }

  #fireNext(): void {
    const next = this.#timers.reduce<{ at: number; callback: () => void } | null>(
      (min, timer) => (!min || timer.at < min.at ? timer : min),
      null,
    );
    if (!next) return;
    this.#timers = this.#timers.filter((timer) => timer !== next);
    this.#now = Math.max(this.#now, next.at);
    next.callback();
  }
}

/** Until all promises that can settle have settled, and what they put off for a moment as well. */
function rest(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(() => setImmediate(resolve))));
}

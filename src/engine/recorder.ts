import type { Clock } from '../core/clock.js';
import { reasonOf } from '../core/error.js';
import type { EventSink, RunEvent, RunEventBody } from '../core/event.js';
import { ResultFold } from '../core/result.js';

/** Stamps the events of one run and hands them to the fold and to every sink. A sink that throws is dropped. */
export class Recorder {
  readonly fold = new ResultFold();
  readonly #runId: string;
  readonly #clock: Clock;
  readonly #startMs: number;
  readonly #sinks: Set<EventSink>;
  readonly #told = new Set<string>();

  constructor(runId: string, clock: Clock, sinks: readonly EventSink[]) {
    this.#runId = runId;
    this.#clock = clock;
    this.#startMs = clock.now();
    this.#sinks = new Set(sinks);
  }

  /** True the first time it is asked of these words: for what is told once in a run. */
  isNews(words: string): boolean {
    const isNew = !this.#told.has(words);
    this.#told.add(words);
    return isNew;
  }

  /** Milliseconds since the run's start. */
  elapsed(): number {
    return Math.round((this.#clock.now() - this.#startMs) * 1_000) / 1_000;
  }

  emit(body: RunEventBody): void {
    const event: RunEvent = { ...body, run_id: this.#runId, t_ms: this.elapsed() };
    this.fold.apply(event);
    for (const sink of this.#sinks) this.#hand(sink, event);
  }

  warn(code: string, message: string): void {
    this.emit({ type: 'warning', warning: { code, message } });
  }

  #hand(sink: EventSink, event: RunEvent): void {
    try {
      sink.handle(event);
    } catch (error) {
      this.#sinks.delete(sink);
      this.warn('sink_failed', `a reader of the run's events failed and was dropped: ${reasonOf(error)}`);
    }
  }
}

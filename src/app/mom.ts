import { homedir } from 'node:os';
import { type App, type AppOptions, createApp, type MixtureChoice } from '../app.js';
import type { EventSink, RunEvent } from '../core/event.js';
import type { Message } from '../core/message.js';
import type { SamplingParams } from '../core/model.js';
import type { RunResult } from '../core/run.js';

export interface MomOptions extends Partial<AppOptions> {
  /** Keys and settings come from here. @default process.env */
  env?: NodeJS.ProcessEnv;
}

export interface AskOptions {
  /** Abort to cancel the run; its result then has the status `cancelled`. */
  signal?: AbortSignal;
  /** Wins over the choice given to `createMom`. */
  choice?: MixtureChoice;
  /** Parameters of every call. */
  params?: SamplingParams;
  /** Parameters of the call that writes the answer only. */
  writerParams?: SamplingParams;
  /**
   * True shows the answer while it is written, which takes the fallback critics away once a character is out.
   * @default false
   */
  stream?: boolean;
  /** Seed of everything drawn by chance. */
  seed?: number;
}

/** A run under way. */
export interface Run {
  /** What happens, from the first event on, for any number of readers. Ends after `run.end`. */
  events: AsyncIterable<RunEvent>;
  /** What became of it, failures too. Rejects with a MomError only when the run could not start. */
  result: Promise<RunResult>;
  /** Cancels the run. */
  abort(): void;
}

export interface Mom {
  /** Asks a question, or continues a conversation. */
  ask(question: string | readonly Message[], options?: AskOptions): Run;
  /** Ends the connections that are kept for further questions. */
  close(): Promise<void>;
}

/** mom from code: the same engine and configuration as `mom ask`. */
export function createMom(options: MomOptions = {}): Mom {
  const env = options.env ?? process.env;
  const base: AppOptions = { cwd: process.cwd(), home: env['HOME'] || homedir(), ...options, env };
  const apps: Promise<App>[] = [];
  let shared: Promise<App> | null = null;

  function appFor(choice: MixtureChoice | undefined): Promise<App> {
    if (!choice && shared) return shared;
    const app = createApp(choice ? { ...base, choice: { ...base.choice, ...choice } } : base);
    if (!choice) shared = app;
    apps.push(app);
    return app;
  }
  return {
    ask(question, ask = {}) {
      const messages = typeof question === 'string' ? [{ role: 'user' as const, content: question }] : question;
      return startRun(appFor(ask.choice), messages, ask);
    },
    async close() {
      const made = await Promise.allSettled(apps.splice(0));
      shared = null;
      await Promise.all(made.flatMap((each) => (each.status === 'fulfilled' ? [each.value.close()] : [])));
    },
  };
}

function startRun(making: Promise<App>, messages: readonly Message[], ask: AskOptions): Run {
  const controller = new AbortController();
  const log = new EventLog();
  const signal = ask.signal ? AbortSignal.any([ask.signal, controller.signal]) : controller.signal;
  const result = making
    .then(({ engine, mixture }) => {
      const { params, writerParams, seed, stream = false } = ask;
      const request = {
        messages,
        mixture,
        stream,
        signal,
        ...(params && { params }),
        ...(writerParams && { writerParams }),
        ...(seed !== undefined && { seed }),
      };
      return engine.run(request, [log]);
    })
    .finally(() => log.finish());
  // A caller that only reads events must not crash on a rejection it never asked for.
  result.catch(() => undefined);
  return { events: log, result, abort: () => controller.abort() };
}

/** Events kept for readers that come late or read slowly. */
class EventLog implements EventSink, AsyncIterable<RunEvent> {
  #events: RunEvent[] = [];
  #ended = false;
  #wake: (() => void)[] = [];

  handle(event: RunEvent): void {
    this.#events.push(event);
    this.#notify();
  }

  finish(): void {
    this.#ended = true;
    this.#notify();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<RunEvent> {
    for (let next = 0; ; next += 1) {
      while (next >= this.#events.length && !this.#ended) await new Promise<void>((resolve) => this.#wake.push(resolve));
      const event = this.#events[next];
      if (!event) return;
      yield event;
    }
  }

  #notify(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}

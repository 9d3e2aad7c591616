import { homedir } from 'node:os';
import { type App, type AppOptions, createApp, type Env, type MixtureChoice, type Override } from './app.js';
import type { AnswerFormat } from './core/answer-format.js';
import type { EventSink, RunEvent } from './core/event.js';
import type { Message } from './core/message.js';
import type { SamplingParams } from './core/model.js';
import type { RunRequest, RunResult, Warning } from './core/run.js';
import type { ToolOffer } from './core/tool.js';

/** Where a mom takes its configuration and keys from. Everything has a default. */
export interface MomOptions {
  /** Keys and settings. @default process.env */
  env?: Env;
  /** Folder from which a project's `mom.config.yaml` is looked for. @default process.cwd() */
  cwd?: string;
  /** Home folder. @default that of the user */
  home?: string;
  /** Replaces project and user configuration, and is trusted. */
  configFile?: string;
  /** Single options of the configuration, as with `--set`. */
  overrides?: readonly Override[];
  /** Mixture, models and limits, as with the flags of `mom ask`. */
  choice?: MixtureChoice;
  /** Asks an embedded upstream with simulated models: no key, no network. `recorded` are files of recorded answers. */
  sandbox?: { seed?: number; recorded?: readonly string[] } | null;
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
   * Tools that the model that writes the answer may call: an answer can then be `tool_calls`, whose results go into the
   * messages of the next question as messages with the role `tool`.
   */
  tools?: ToolOffer;
  /** The form that the answer must have: it is checked, and repaired once, else the run has failed. */
  format?: AnswerFormat;
  /**
   * True shows the answer while it is written, which takes the fallback critics away once a character is out.
   * @default false
   */
  stream?: boolean;
  /** What may be done with stored answers, where a cache is configured. @default 'use' */
  cache?: NonNullable<RunRequest['cache']>;
  /** Seed of everything drawn by chance. */
  seed?: number;
}

/** A run under way. */
export interface Run {
  /** What happens, from the first event on, for any number of readers, none of which slows the run down. Ends after `run.end`. */
  events: AsyncIterable<RunEvent>;
  /** What became of it: failure and cancellation are results too. Rejects with a MomError only when the run could not start. */
  result: Promise<RunResult>;
  /** Cancels the run. */
  abort(): void;
}

export interface Mom {
  /** Asks a question, or continues a conversation. */
  ask(question: string | readonly Message[], options?: AskOptions): Run;
  /** Ends the connections that are kept for further questions, and the sandbox. */
  close(): Promise<void>;
}

/** mom from code: the same engine and configuration as `mom ask`. Nothing is read before the first question. */
export function createMom(options: MomOptions = {}): Mom {
  const env = options.env ?? process.env;
  const base: AppOptions = { cwd: process.cwd(), home: env.HOME || homedir(), ...options, env };
  const apps = new Map<string, Promise<App>>();

  function appFor(choice: MixtureChoice = {}): Promise<App> {
    const key = JSON.stringify(choice);
    const known = apps.get(key);
    if (known) return known;
    const app = createApp({ ...base, choice: { ...base.choice, ...choice } });
    apps.set(key, app);
    // What kept it from starting may be repaired by the next question.
    app.catch(() => apps.delete(key));
    return app;
  }
  return {
    ask(question, ask = {}) {
      return startRun(appFor(ask.choice), conversationOf(question), ask);
    },
    async close() {
      const made = await Promise.allSettled(apps.values());
      apps.clear();
      await Promise.all(made.flatMap((each) => (each.status === 'fulfilled' ? [each.value.close()] : [])));
    },
  };
}

/**
 * As it is now: the program may go on writing to what it handed over, while the run reads it and remembers of each message
 * what it has worked out.
 */
function conversationOf(question: string | readonly Message[]): Message[] {
  return typeof question === 'string' ? [{ role: 'user', content: question }] : question.map((message) => ({ ...message }));
}

function startRun(making: Promise<App>, messages: readonly Message[], ask: AskOptions): Run {
  const controller = new AbortController();
  const log = new EventLog();
  const signal = ask.signal ? AbortSignal.any([ask.signal, controller.signal]) : controller.signal;
  const { params, writerParams, format, seed, cache = 'use', stream = false } = ask;
  const tools = ask.tools && { ...ask.tools, tools: [...ask.tools.tools] };
  const result = making
    .then(async ({ engine, mixture, warnings }) => {
      log.early = warnings;
      const request: RunRequest = {
        messages,
        mixture,
        stream,
        cache,
        signal,
        ...(params && { params }),
        ...(writerParams && { writerParams }),
        ...(tools && { tools }),
        ...(format && { format }),
        ...(seed !== undefined && { seed }),
      };
      return log.complete(await engine.run(request, [log]));
    })
    .finally(() => log.finish());
  // A caller that only reads events must not crash on a rejection it never asked for.
  result.catch(() => undefined);
  return { events: log, result, abort: () => controller.abort() };
}

/** Events kept for readers that come late or read slowly. */
class EventLog implements EventSink, AsyncIterable<RunEvent> {
  /** Warnings from before the run; they are part of the result. */
  early: readonly Warning[] = [];
  #events: RunEvent[] = [];
  #ended = false;
  #wake: (() => void)[] = [];

  complete(result: RunResult): RunResult {
    return { ...result, warnings: [...this.early, ...result.warnings] };
  }

  handle(event: RunEvent): void {
    this.#events.push(event.type === 'run.end' ? { ...event, result: this.complete(event.result) } : event);
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

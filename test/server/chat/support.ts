import { Hono } from 'hono';
import type { Service, Target } from '../../../src/app/service/service.js';
import type { ServeKey, ServeSettings, Settings } from '../../../src/config/wishes.js';
import type { Budget } from '../../../src/core/budget.js';
import { MomError } from '../../../src/core/error.js';
import type { EventSink, RunEvent } from '../../../src/core/event.js';
import { SERVE } from '../../../src/core/limits.js';
import type { Mixture } from '../../../src/core/mixture.js';
import type { RequestReport } from '../../../src/core/request-report.js';
import { createEngine, type EngineDeps } from '../../../src/engine/index.js';
import { type ChatDeps, handleChat } from '../../../src/server/chat/index.js';
import { createChatState } from '../../../src/server/chat/runs.js';
import type { Client, GatewayEnv, RequestScope } from '../../../src/server/context.js';
import { FakeClock } from '../../support/fake-clock.js';
import { mixture } from '../../support/mixture.js';
import { ScriptedClient, type Step } from '../../support/scripted-client.js';

export interface WorldOptions {
  /** Of model `a`, `b` (proposers) and `c` (the critic), unless there is another mixture. */
  scripts?: Record<string, readonly Step[]>;
  mixture?: Mixture;
  target?: Service['target'];
  serve?: Partial<ServeSettings>;
  engine?: Partial<EngineDeps>;
  budgets?: readonly Budget[];
  secrets?: readonly string[];
  onEvent?: (event: RunEvent) => void;
  recorders?: readonly EventSink[];
}

export interface Asked {
  response: Response;
  scope: RequestScope;
  /** How often the request was said to be over. */
  finished(): number;
  report: RequestReport;
}

export interface AskOptions {
  headers?: Record<string, string>;
  signal?: AbortSignal;
  client?: Client;
  /** What an adapter hands in beside the request. */
  env?: object;
}

export const QUESTION = { model: 'mom', messages: [{ role: 'user', content: 'What is 6 x 7?' }] };

/** A gateway without sockets: chat completions over a real engine whose models play scripts on a clock of their own. */
export function world(options: WorldOptions = {}) {
  const clock = new FakeClock();
  const client = new ScriptedClient(clock, options.scripts ?? {});
  let runs = 0;
  let leases = 0;
  const closed: string[] = [];
  const warnings: string[] = [];
  const recipe = options.mixture ?? mixture(['a', 'b'], ['c']);
  const service: Service = {
    engine: createEngine({ client, clock, newId: () => `run-${++runs}`, drawNonce: () => 'n0nce', ...options.engine }),
    settings: { serve: { ...SERVE, keys: [], sideRequests: [], ...options.serve } as unknown as ServeSettings } as Settings,
    target: options.target ?? (async () => target(recipe)),
    budgetsOf: () => options.budgets ?? [],
    secrets: options.secrets ?? [],
  } as unknown as Service;
  const watcher: EventSink = {
    handle: (event) => options.onEvent?.(event),
    close: () => void closed.push('recorder'),
  };
  const deps: ChatDeps = {
    lease() {
      leases += 1;
      let held = true;
      return {
        service,
        release() {
          if (held) leases -= 1;
          held = false;
        },
      };
    },
    metrics: { ofRun: () => ({ handle: () => {}, close: () => void closed.push('metrics') }) } as unknown as ChatDeps['metrics'],
    log: { request: () => {}, note: () => {}, warn: (message) => void warnings.push(message) },
    recordersOf: () => [watcher, ...(options.recorders ?? [])],
    clock,
    state: createChatState(clock),
  };

  /** One request as it reaches the gateway. */
  async function handle(request: Request, env: object = {}): Promise<Response> {
    const gone = new AbortController();
    request.signal.addEventListener('abort', () => gone.abort(new MomError('cancelled', 'the client went away')));
    const { response } = await ask(await request.json(), { headers: Object.fromEntries(request.headers), signal: gone.signal, env });
    return response;
  }

  async function ask(body: unknown, { headers = {}, signal, client: who, env = {} }: AskOptions = {}): Promise<Asked> {
    let finished = 0;
    const scope: RequestScope = {
      id: 'req-1',
      client: who ?? { name: 'local', key: null },
      lease: { service, release: () => {} },
      signal: signal ?? new AbortController().signal,
      report: { status: 0, runId: null, runStatus: null, usage: null, costUsd: null, error: null, firstTokenMs: null } as RequestReport,
      streams: false,
      finish: () => void finished++,
    };
    const app = new Hono<GatewayEnv>();
    app.post('/v1/chat/completions', async (c) => {
      c.set('scope', scope);
      return handleChat(c, deps, await c.req.json());
    });
    const response = await app.request('/v1/chat/completions', { method: 'POST', body: JSON.stringify(body), headers }, env);
    return { response, scope, finished: () => finished, report: scope.report };
  }

  /** Asks and reads the answer to its end, while time passes as it is needed. */
  async function read(body: unknown, more?: AskOptions): Promise<Asked & { text: string }> {
    return clock.play(
      (async () => {
        const asked = await ask(body, more);
        return { ...asked, text: await asked.response.text() };
      })(),
    );
  }

  return { clock, client, deps, ask, handle, read, leases: () => leases, closed, warnings, service };
}

export function target(recipe: Mixture, more: Partial<Target> = {}): Target {
  return { mixture: recipe, isPassedOn: false, namesStrategy: false, warnings: [], ...more };
}

export function unknownModel(name: string): MomError {
  return new MomError('model_unknown', `nobody has the model '${name}'`, { hint: "did you mean 'mom'?" });
}

export function keyed(name: string): Client {
  const key: ServeKey = { name, key: 'secret', requestsPerMinute: null, concurrency: null, budget: { day: null, month: null } };
  return { name, key };
}

/** As much of a chunk as the tests look at. */
export interface Chunk {
  id: string;
  choices: { index: number; delta: { role?: string; content?: string; tool_calls?: unknown[] }; finish_reason: string | null }[];
  usage?: Record<string, unknown>;
  error?: { message: string; type: string; code: string };
  mom?: Record<string, unknown>;
}

/** The `data:` frames of a stream, parsed; `[DONE]` as it is. */
export function chunks(text: string): (Chunk | '[DONE]')[] {
  return text
    .split('\n\n')
    .filter((frame) => frame.startsWith('data: '))
    .map((frame) => (frame === 'data: [DONE]' ? '[DONE]' : (JSON.parse(frame.slice(6)) as Chunk)));
}

/** The same without `[DONE]`. */
export function parsed(text: string): Chunk[] {
  return chunks(text).filter((chunk) => chunk !== '[DONE]');
}

/** The pieces of text in the chunks of a stream, the first chunk's empty one included. */
export function piecesOf(text: string): string[] {
  return parsed(text).flatMap(({ choices }) => choices[0]?.delta.content ?? []);
}

/** The text that the chunks of a stream add up to. */
export function textOf(text: string): string {
  return piecesOf(text).join('');
}

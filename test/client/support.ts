import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from 'vitest';
import { type ClientOptions, createClient, type ProviderClient } from '../../src/client/index.js';
import type { Clock } from '../../src/core/clock.js';
import type { MomError } from '../../src/core/error.js';
import { DEFAULT_TIMEOUTS, type Timeouts } from '../../src/core/limits.js';
import type { Provider } from '../../src/core/model.js';
import type { CallEvent, CallRequest } from '../../src/core/model-client.js';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

export interface Seen {
  headers: IncomingMessage['headers'];
  url: string;
  body: Record<string, unknown>;
}

export interface Upstream {
  url: string;
  port: number;
  seen: Seen[];
}

type Handler = (res: ServerResponse, seen: Seen, n: number) => void;

/** A provider on loopback; the handler gets each request once its body is there, and its number from 1. */
export async function upstream(handler: Handler): Promise<Upstream> {
  const seen: Seen[] = [];
  const port = await listen((req, res) => {
    const parts: Buffer[] = [];
    req.on('data', (part: Buffer) => parts.push(part));
    req.on('end', () => {
      const text = Buffer.concat(parts).toString('utf8');
      const entry = { headers: req.headers, url: req.url ?? '', body: text ? JSON.parse(text) : {} };
      seen.push(entry);
      handler(res, entry, seen.length);
    });
  });
  return { url: `http://127.0.0.1:${port}/v1`, port, seen };
}

export function listen(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)));
}

export function cleanup(task: () => void): void {
  cleanups.push(task);
}

export function client(url: string, provider: Partial<Provider> = {}, options: Partial<ClientOptions> = {}): ProviderClient {
  const made = createClient({
    providers: [
      {
        name: 'up',
        dialect: 'openai',
        baseUrl: url,
        apiKey: 'key-1234567890',
        needsKey: true,
        headers: {},
        extraBody: {},
        privacy: {},
        attribution: true,
        ...provider,
      },
    ],
    env: {},
    random: () => 0,
    ...options,
  });
  cleanups.push(() => made.close());
  return made;
}

export function ask(request: Partial<Omit<CallRequest, 'timeouts'>> & { timeouts?: Partial<Timeouts> } = {}): CallRequest {
  return {
    provider: 'up',
    model: 'openai/gpt-5',
    messages: [{ role: 'user', content: 'hello' }],
    params: {},
    tools: null,
    format: null,
    stable: null,
    extraBody: {},
    privacy: {},
    retries: 2,
    maxRetryAfter: null,
    canRestart: () => true,
    signal: new AbortController().signal,
    ...request,
    timeouts: { ...DEFAULT_TIMEOUTS, ...request.timeouts },
  };
}

/** A clock whose time stands until it is moved; timers that are due then fire. */
export function stillClock(): Clock & { pass(ms: number): void } {
  let now = 0;
  let timers: { at: number; callback: () => void }[] = [];
  const fire = () => {
    const due = timers.filter(({ at }) => at <= now);
    timers = timers.filter(({ at }) => at > now);
    for (const { callback } of due) callback();
  };
  return {
    now: () => now,
    date: () => new Date(now),
    after(ms, callback) {
      const timer = { at: now + ms, callback };
      timers.push(timer);
      if (ms <= 0) setImmediate(fire);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    pass(ms) {
      now += ms;
      fire();
    },
  };
}

export interface Told {
  events: CallEvent[];
  error: MomError | null;
  text: string;
  reasoning: string;
}

/** Reads a call to its end. */
export async function told(events: AsyncIterable<CallEvent>): Promise<Told> {
  const out: Told = { events: [], error: null, text: '', reasoning: '' };
  try {
    for await (const event of events) {
      out.events.push(event);
      if (event.type === 'text') out.text += event.text;
      if (event.type === 'reasoning') out.reasoning += event.text;
    }
  } catch (error) {
    out.error = error as MomError;
  }
  return out;
}

export const sse = { 'content-type': 'text/event-stream' };

export function data(value: unknown): string {
  return `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`;
}

export function delta(content: unknown, finish: string | null = null, more: object = {}): string {
  return data({ id: 'gen-1', model: 'gpt-5-real', choices: [{ index: 0, delta: { content }, finish_reason: finish }], ...more });
}

/** A good answer in one go. */
export function good(res: ServerResponse, text = 'hi'): void {
  res.writeHead(200, sse).end(delta(text) + delta('', 'stop') + data('[DONE]'));
}

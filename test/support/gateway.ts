import type { ForwardedEmbeddings, ServedModel, Service } from '../../src/app/service/service.js';
import type { ServeKey, ServeSettings } from '../../src/config/wishes.js';
import type { Clock } from '../../src/core/clock.js';
import { systemClock } from '../../src/core/clock.js';
import { SERVE } from '../../src/core/limits.js';
import type { RequestReport } from '../../src/core/request-report.js';
import type { Metrics } from '../../src/observe/metrics/metrics.js';
import { type AppOptions, createGateway, type GatewayApp } from '../../src/server/app.js';
import { createServiceHolder, type ServiceHolder } from '../../src/server/running/services.js';

export const SERVE_SETTINGS: ServeSettings = {
  ...SERVE,
  port: 0,
  keys: [],
  allowedHosts: [],
  corsOrigins: [],
  requestsPerMinute: null,
  concurrency: null,
  sideRequests: [],
};

export function serveKey(name: string, key: string, limits: Partial<ServeKey> = {}): ServeKey {
  return { name, key, requestsPerMinute: null, concurrency: null, budget: { day: null, month: null }, ...limits };
}

const MODELS: readonly ServedModel[] = [
  { id: 'mom', contextLength: 200_000 },
  { id: 'mom/fast', contextLength: null },
];

export interface FakeService extends Service {
  closed: number;
}

/** A service that answers without an engine. */
export function fakeService(serve: Partial<ServeSettings> = {}, parts: Partial<Service> = {}): FakeService {
  const service: FakeService = {
    closed: 0,
    engine: {} as Service['engine'],
    settings: {
      log: 'nothing',
      debugRequests: false,
      debugDir: '/nowhere',
      cache: null,
      budget: { day: null, month: null },
      pricing: {},
      serve: { ...SERVE_SETTINGS, ...serve },
    },
    models: async () => MODELS,
    model: async (id) => (id.startsWith('~openai/') ? { id, contextLength: 1_000 } : (MODELS.find((model) => model.id === id) ?? null)),
    target: async () => {
      throw new Error('no target in this test');
    },
    embed: async (): Promise<ForwardedEmbeddings> => ({ body: { object: 'list', data: [] }, costUsd: null }),
    budgetsOf: () => [],
    unready: async () => null,
    breakers: () => [],
    evaluation: () => null,
    budgets: () => [],
    secrets: [],
    configFiles: [],
    warnings: [],
    async close() {
      service.closed += 1;
    },
    ...parts,
  };
  return service;
}

/** What the gateway told of its requests and of itself. */
export interface Told {
  requests: RequestReport[];
  notes: string[];
  warnings: string[];
  begun: number;
  over: number;
}

export function fakeObservers() {
  const told: Told = { requests: [], notes: [], warnings: [], begun: 0, over: 0 };
  const metrics: Metrics = {
    ofRun: () => ({ handle() {} }),
    begun() {
      told.begun += 1;
    },
    over() {
      told.over += 1;
    },
    watchBreakers() {},
    watchBudgets() {},
    watchEvaluation() {},
    contentType: 'text/plain; version=0.0.4; charset=utf-8',
    text: async () => 'mom_requests_total 1\n',
  };
  const log = {
    request: (report: RequestReport) => void told.requests.push(report),
    note: (message: string) => void told.notes.push(message),
    warn: (message: string) => void told.warnings.push(message),
  };
  return { told, metrics, log };
}

export interface TestGateway {
  app: GatewayApp;
  holder: ServiceHolder;
  told: Told;
  /** A request as a program on this machine sends it. */
  ask(path: string, init?: RequestInit): Promise<Response>;
  /** A request to the chat endpoint. */
  chat(body?: string, headers?: Record<string, string>): Promise<Response>;
}

export interface TestGatewayOptions extends Partial<AppOptions> {
  serve?: Partial<ServeSettings>;
  service?: Partial<Service>;
  clock?: Clock;
}

/** A gateway without a socket whose chat endpoint answers with what it was sent, unless told otherwise. */
export function testGateway({ serve, service, clock = systemClock, ...options }: TestGatewayOptions = {}): TestGateway {
  const { told, metrics, log } = fakeObservers();
  const holder = createServiceHolder(fakeService(serve, service), () => {});
  const app = createGateway(
    { lease: holder.acquire, metrics, log, recordersOf: () => [], clock },
    { isLoopback: true, chat: async (c, body) => c.json({ client: c.var.scope.client.name, body }), ...options },
  );
  const ask = async (path: string, { headers, ...init }: RequestInit = {}) =>
    app.fetch(
      new Request(`http://127.0.0.1:8000${path}`, { headers: { host: '127.0.0.1:8000', ...(headers as Record<string, string>) }, ...init }),
    );
  const chat = (body = '{"model":"mom"}', headers: Record<string, string> = {}) =>
    ask('/v1/chat/completions', { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
  return { app, holder, told, ask, chat };
}

export async function errorOf(response: Response): Promise<{ message: string; type: string; param: string | null; code: string | null }> {
  return ((await response.json()) as { error: { message: string; type: string; param: string | null; code: string | null } }).error;
}

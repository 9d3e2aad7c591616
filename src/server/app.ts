import { type Context, Hono } from 'hono';
import type { GatewayDeps, GatewayEnv } from './context.js';
import { embeddings } from './endpoints/embeddings.js';
import { health, readiness } from './endpoints/health.js';
import { showMetrics } from './endpoints/metrics.js';
import { listModels, showModel } from './endpoints/models.js';
import { nothingHere } from './endpoints/nothing-here.js';
import { ApiError } from './errors.js';
import { createGates } from './gates/index.js';
import { CONNECTION } from './limits.js';
import { createRequests, type Requests } from './requests.js';

export interface AppOptions {
  /** Bound to this machine only: then Host is looked at, and no key is needed unless there are some. */
  isLoopback: boolean;
  /** Answers `POST /v1/chat/completions`. */
  chat(c: Context<GatewayEnv>, body: Record<string, unknown>): Promise<Response>;
  /** Milliseconds until a body must be there. @default CONNECTION.body */
  bodyTime?: number;
}

export interface GatewayApp {
  /** One request, one answer; `env` is what the adapter of node:http hands in. */
  fetch(request: Request, env?: object): Response | Promise<Response>;
  requests: Requests;
  /** From now on new requests to models are turned away. */
  stop(): void;
}

/** What there is, and the methods it understands. Everything else is a 404, or a 405 with these. */
const ROUTES = {
  chat: { path: '/v1/chat/completions', allow: 'POST, OPTIONS' },
  embeddings: { path: '/v1/embeddings', allow: 'POST, OPTIONS' },
  models: { path: '/v1/models', allow: 'GET, HEAD, OPTIONS' },
  model: { path: '/v1/models/:id{.+}', allow: 'GET, HEAD, OPTIONS' },
  health: { path: '/healthz', allow: 'GET, HEAD, OPTIONS' },
  ready: { path: '/readyz', allow: 'GET, HEAD, OPTIONS' },
  metrics: { path: '/metrics', allow: 'GET, HEAD, OPTIONS' },
} as const;

/** What the gateway answers, without a socket. */
export function createGateway(deps: GatewayDeps, { isLoopback, chat, bodyTime = CONNECTION.body }: AppOptions): GatewayApp {
  const app = new Hono<GatewayEnv>();
  const requests = createRequests(deps);
  const created = Math.floor(deps.clock.date().getTime() / 1_000);
  let isStopping = false;
  const gates = createGates({ requests, isLoopback, bodyTime, clock: deps.clock, isStopping: () => isStopping });

  app.onError(gates.refuse);
  app.notFound(nothingHere);
  app.use(gates.follow, gates.checkOrigin);
  for (const { path, allow } of Object.values(ROUTES)) app.options(path, (c) => gates.answerOptions(c, allow));
  app.get(ROUTES.health.path, health);
  app.get(ROUTES.ready.path, (c) => readiness(c, isStopping));

  app.use(gates.checkKey);
  app.get(ROUTES.metrics.path, () => showMetrics(deps.metrics));
  app.get(ROUTES.models.path, (c) => listModels(c, created));
  app.get(ROUTES.model.path, (c) => showModel(c, c.req.param('id'), created));
  app.post(ROUTES.chat.path, async (c) => chat(c, await gates.admit(c)));
  app.post(ROUTES.embeddings.path, async (c) => embeddings(c, await gates.admit(c)));
  for (const { path, allow } of Object.values(ROUTES)) app.all(path, (c) => wrongMethod(c, allow));

  return {
    fetch: (request, env) => app.fetch(request, env),
    requests,
    stop() {
      isStopping = true;
    },
  };
}

function wrongMethod(c: Context, allow: string): never {
  throw new ApiError('method_not_allowed', `${c.req.path} does not understand ${c.req.method}`, {
    hint: `use ${allow.replace(', OPTIONS', '').replace(', ', ' or ')}`,
    headers: { allow },
  });
}

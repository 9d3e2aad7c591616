import type { Context } from 'hono';
import type { Service, Target } from '../../app/service/service.js';
import { toMomError } from '../../core/error.js';
import { createRedactor } from '../../observe/redact.js';
import type { GatewayDeps, GatewayEnv, RequestScope } from '../context.js';
import { errorReport, errorResponse, isApiError } from '../errors.js';
import { asNotFound } from '../model-name.js';
import type { LiveRun } from './live-run.js';
import { departure, type Reading } from './reading.js';
import { type ChatRequest, readRequest } from './request.js';
import { RequestKey } from './request-key.js';
import type { ChatState } from './runs.js';
import { sideRuleFor } from './side-request.js';
import { startRun } from './start-run.js';
import { answerStreamed } from './stream.js';
import { answerWhole } from './whole.js';

/** What chat completions need beside the gateway's own parts. */
export interface ChatDeps extends GatewayDeps {
  /** Made once for a gateway, by `createChatState`. */
  state: ChatState;
}

/**
 * A chat completion, streamed or whole. Never throws: whatever goes wrong is an answer of the OpenAI API, and the
 * request's scope is told of its end.
 * @param body the parsed JSON
 */
export async function handleChat(c: Context<GatewayEnv>, deps: ChatDeps, body: unknown): Promise<Response> {
  const scope = c.get('scope');
  const startedMs = deps.clock.now();
  try {
    const request = readRequest(body);
    scope.report.model = request.model;
    const key = new RequestKey(scope.client.name, body as Record<string, unknown>);
    const { headers } = c.req.raw;
    const { live, joined } = joinTwin(deps, key, headers) ?? (await begin(deps, scope, request, key, headers));
    const reading: Reading = { scope, request, live, joined, startedMs, hangUp: () => hangUp(c) };
    const { heartbeat } = scope.lease.service.settings.serve;
    return request.stream ? await answerStreamed(reading, deps.clock, heartbeat) : await answerWhole(reading);
  } catch (error) {
    return refuse(scope, error);
  }
}

/** Only behind a server of node:http there is a connection. */
function hangUp({ env }: Context<GatewayEnv>): void {
  const { outgoing } = (env ?? {}) as { outgoing?: { destroy?: () => void } };
  outgoing?.destroy?.();
}

interface Found {
  live: LiveRun;
  /** Another request has started it. */
  joined: boolean;
}

function joinTwin({ state }: ChatDeps, key: RequestKey, headers: Headers): Found | null {
  const live = state.twinOf(key, headers);
  return live && { live, joined: true };
}

/** Starts the run that the request asks for. It holds the service until its own end, whoever reads it then. */
async function begin(deps: ChatDeps, scope: RequestScope, request: ChatRequest, key: RequestKey, headers: Headers): Promise<Found> {
  const lease = deps.lease();
  try {
    const target = await targetOf(lease.service, request);
    if (scope.signal.aborted) throw departure(scope.signal);
    // A twin may have come while the name was looked up.
    const twin = joinTwin(deps, key, headers);
    if (twin) {
      lease.release();
      return twin;
    }
    const live = startRun(deps, deps.state, { request, target, key, client: scope.client, lease });
    deps.state.add(live, key, headers);
    return { live, joined: false };
  } catch (error) {
    lease.release();
    throw error;
  }
}

/** What the client's name stands for, or the model that answers such side requests. @throws ApiError when nobody has the name */
async function targetOf(service: Service, { model, messages, tools, stream }: ChatRequest): Promise<Target> {
  const reader = stream ? 'stream' : 'whole';
  const target = await service.target(model, reader).catch(asNotFound);
  if (target.namesStrategy) return target;
  const rule = sideRuleFor(service.settings.serve.sideRequests, messages, tools !== null);
  return rule ? service.target(rule.model, reader) : target;
}

/** A request that reached no run. */
function refuse(scope: RequestScope, thrown: unknown): Response {
  const error = isApiError(thrown) ? thrown : toMomError(thrown);
  const clean = (text: string) => createRedactor(scope.lease.service.secrets).clean(text);
  const response = errorResponse(error, { requestId: scope.id, clean });
  scope.report.status = response.status;
  scope.report.error = errorReport(error, clean);
  scope.finish();
  return response;
}

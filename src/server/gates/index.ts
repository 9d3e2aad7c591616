import type { Context } from 'hono';
import type { Clock } from '../../core/clock.js';
import { MomError, toMomError } from '../../core/error.js';
import { createRedactor } from '../../observe/redact.js';
import type { GatewayEnv } from '../context.js';
import { errorReport, errorResponse, isApiError } from '../errors.js';
import { COME_BACK } from '../limits.js';
import { clientIsGone, type Requests } from '../requests.js';
import { checkType, readJson } from './body.js';
import { checkHost } from './hosts.js';
import { createKeyGate } from './keys.js';
import { checkOrigin, preflight } from './origins.js';
import { createPlaces } from './places.js';
import { createRateGate } from './rate.js';

type Ctx = Context<GatewayEnv>;
type Next = () => Promise<void>;

export interface GatesOptions {
  requests: Requests;
  isLoopback: boolean;
  /** Milliseconds until a body must be there. */
  bodyTime: number;
  clock: Clock;
  isStopping(): boolean;
}

/** What a request passes on its way in, the cheap checks first. */
export interface Gates {
  /** Gives every request its id, follows it to its end, and adds to its answer what the other gates have to say. */
  follow(c: Ctx, next: Next): Promise<void>;
  /** Host and Origin. */
  checkOrigin(c: Ctx, next: Next): Promise<void>;
  checkKey(c: Ctx, next: Next): Promise<void>;
  answerOptions(c: Ctx, allow: string): Response;
  /** Takes a place for a request to a model and reads its body. */
  admit(c: Ctx): Promise<Record<string, unknown>>;
  /** The answer to what was thrown on the way. */
  refuse(error: Error, c: Ctx): Response;
}

export function createGates({ requests, isLoopback, bodyTime, clock, isStopping }: GatesOptions): Gates {
  const clientOf = createKeyGate(isLoopback);
  const places = createPlaces();
  const countRequest = createRateGate();

  return {
    async follow(c, next) {
      const scope = requests.open(c);
      c.set('scope', scope);
      c.set('headers', { 'x-request-id': scope.id });
      await next();
      for (const [name, value] of Object.entries(c.get('headers'))) c.res.headers.set(name, value);
      if (isStopping()) c.res.headers.set('connection', 'close');
      if (scope.streams) return;
      scope.report.status = clientIsGone(scope.signal) ? 499 : c.res.status;
      scope.finish();
    },

    checkOrigin(c, next) {
      const { allowedHosts, corsOrigins } = serveOf(c);
      if (isLoopback) checkHost(c.req.header('host'), allowedHosts);
      Object.assign(c.get('headers'), checkOrigin(c.req.header('origin'), corsOrigins));
      return next();
    },

    checkKey(c, next) {
      const scope = c.get('scope');
      scope.client = clientOf({ authorization: c.req.header('authorization'), apiKey: c.req.header('x-api-key') }, serveOf(c).keys);
      scope.report.client = scope.client.name;
      return next();
    },

    answerOptions(c, allow) {
      const asks = c.req.header('origin') !== undefined && c.req.header('access-control-request-method') !== undefined;
      return new Response(null, { status: 204, headers: { allow, ...(asks && preflight((name) => c.req.header(name), allow)) } });
    },

    async admit(c) {
      const scope = c.get('scope');
      const serve = serveOf(c);
      const limits = scope.client.key ?? serve;
      checkType(c);
      if (isStopping()) throw stopping();
      const concurrency = limits.concurrency ?? serve.concurrency;
      requests.atEnd(scope, places.take(scope.client.name, { inFlight: serve.maxInFlight, concurrency }));
      const perMinute = limits.requestsPerMinute ?? serve.requestsPerMinute;
      if (perMinute !== null) Object.assign(c.get('headers'), await countRequest(scope.client.name, perMinute));
      return readJson(c, { size: serve.maxBody, time: bodyTime }, clock);
    },

    refuse(thrown, c) {
      const error = isApiError(thrown) ? thrown : toMomError(thrown);
      const scope = c.get('scope') as Ctx['var']['scope'] | undefined;
      const { clean } = createRedactor(scope?.lease.service.secrets ?? []);
      if (scope) scope.report.error = errorReport(error, clean);
      return errorResponse(error, { clean });
    },
  };
}

function serveOf(c: Ctx): Ctx['var']['scope']['lease']['service']['settings']['serve'] {
  return c.get('scope').lease.service.settings.serve;
}

function stopping(): MomError {
  return new MomError('overloaded', 'mom is stopping and takes no new requests', {
    hint: 'try again in a moment',
    retryAfterMs: COME_BACK.stopping,
  });
}

import type { Context } from 'hono';
import { MomError } from '../core/error.js';
import { type GatewayDeps, type GatewayEnv, LOCAL, type RequestScope } from './context.js';
import { requestId } from './request-id.js';

/** The requests under way. */
export interface Requests {
  open(c: Context<GatewayEnv>): RequestScope;
  /** Calls `free` when the request is over. */
  atEnd(scope: RequestScope, free: () => void): void;
  /** Requests to models that are under way: those that somebody waits for. */
  count(): number;
  /** Settles when none is under way. */
  idle(): Promise<void>;
  /** Ends those that are under way: each says so to its client in its own way. */
  abortAll(reason: MomError): void;
}

interface Live {
  controller: AbortController;
  frees: (() => void)[];
}

/** Whoever looks whether the gateway is well is not told of: that would fill the log. */
const PROBES = new Set(['/healthz', '/readyz', '/metrics']);

export function createRequests(deps: GatewayDeps): Requests {
  const live = new Map<RequestScope, Live>();
  const waiting: (() => void)[] = [];

  function open(c: Context<GatewayEnv>): RequestScope {
    const began = deps.clock.now();
    const isTold = !PROBES.has(c.req.path);
    const controller = new AbortController();
    const lease = deps.lease();
    const id = requestId(c.req.header('x-request-id'));
    const scope: RequestScope = {
      id,
      client: LOCAL,
      lease,
      signal: controller.signal,
      report: emptyReport(id, c.req.method, c.req.path),
      streams: false,
      finish() {
        const own = live.get(scope);
        if (!own) return;
        live.delete(scope);
        scope.report.durationMs = deps.clock.now() - began;
        for (const free of own.frees) free();
        lease.release();
        if (isTold) {
          deps.log.request(scope.report);
          deps.metrics.over(scope.report);
        }
        if (live.size === 0) for (const tell of waiting.splice(0)) tell();
      },
    };
    live.set(scope, { controller, frees: [] });
    whenGone(c.req.raw.signal, controller);
    if (isTold) deps.metrics.begun();
    return scope;
  }

  return {
    open,
    atEnd: (scope, free) => void live.get(scope)?.frees.push(free),
    count: () => live.size,
    idle: () => (live.size === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    abortAll(reason) {
      for (const { controller } of live.values()) controller.abort(reason);
    },
  };
}

/** True when nobody is there any more who could read an answer. */
export function clientIsGone(signal: AbortSignal): boolean {
  return signal.aborted && (signal.reason as MomError).code === 'cancelled';
}

function whenGone(connection: AbortSignal, controller: AbortController): void {
  const abort = () => controller.abort(new MomError('cancelled', 'the client went away'));
  if (connection.aborted) abort();
  else connection.addEventListener('abort', abort, { once: true });
}

function emptyReport(id: string, method: string, path: string): RequestScope['report'] {
  return {
    id,
    method,
    path,
    client: null,
    status: 0,
    durationMs: 0,
    firstTokenMs: null,
    model: null,
    mixture: null,
    strategy: null,
    runId: null,
    runStatus: null,
    usage: null,
    costUsd: null,
    error: null,
  };
}

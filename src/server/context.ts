import type { Service } from '../app/service/service.js';
import type { ServeKey } from '../config/wishes.js';
import type { Clock } from '../core/clock.js';
import type { EventSink } from '../core/event.js';
import type { RunOrigin } from '../core/history.js';
import type { RequestReport } from '../core/request-report.js';
import type { Metrics } from '../observe/metrics/metrics.js';
import type { RequestLog } from '../observe/request-log.js';

/** The service of the moment, held for one request: a reload does not take it away before it is released. */
export interface ServiceLease {
  service: Service;
  /** More than once is once. */
  release(): void;
}

/** Where a run comes from, but for what only the process knows: whether its models are simulated. */
export type RunSource = Omit<RunOrigin, 'sandbox'>;

/** Who keeps a record of a run: journal, trace. Their `close` is called after the answer. */
export type RecordersOf = (runId: string, source: RunSource) => readonly EventSink[];

/** What the gateway is made of. */
export interface GatewayDeps {
  lease(): ServiceLease;
  metrics: Metrics;
  log: RequestLog;
  recordersOf: RecordersOf;
  clock: Clock;
}

/** Who asks. */
export interface Client {
  /** Of the key; `local` where none is needed. */
  name: string;
  key: ServeKey | null;
}

/** Who asks where no key is needed. */
export const LOCAL: Client = { name: 'local', key: null };

/** One request on its way through the gateway. */
export interface RequestScope {
  id: string;
  client: Client;
  lease: ServiceLease;
  /** Aborts when the client goes away (the reason is a MomError `cancelled`), or because the server stops (`overloaded`): then somebody still reads. */
  signal: AbortSignal;
  /** Filled in on the way, told by {@link RequestScope.finish}. */
  report: RequestReport;
  /** The answer has begun to stream: whoever streams it calls `finish`, nobody else does. */
  streams: boolean;
  /** The request is over: frees its place, releases the lease, tells log and metrics. More than once is once. */
  finish(): void;
}

/** Hono's variables of a request. */
export interface GatewayEnv {
  Variables: {
    scope: RequestScope;
    /** Header fields that the gates add to the answer, whatever it is. */
    headers: Record<string, string>;
  };
}

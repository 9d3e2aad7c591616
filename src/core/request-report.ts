import type { ErrorCode } from './error.js';
import type { RunStatus } from './run.js';
import type { Usage } from './usage.js';

/** What is told of one request to the gateway when it is over: its log line and its metrics. Durations in milliseconds. */
export interface RequestReport {
  /** As in the header `x-request-id`. */
  id: string;
  method: string;
  path: string;
  /** Name of the client's key; `local` where none is needed. Null where the client was not let in. */
  client: string | null;
  /** HTTP status that was sent; 499 when the client had gone before one was. */
  status: number;
  durationMs: number;
  /** Until the first character of the answer had gone out; null for what is not streamed. */
  firstTokenMs: number | null;
  /** As the client named it; null where it is no request to a model. */
  model: string | null;
  mixture: string | null;
  strategy: string | null;
  runId: string | null;
  runStatus: RunStatus | null;
  /** Summed over all calls of the run. */
  usage: Usage | null;
  /** US dollars; null when not wholly known or when nothing was asked. */
  costUsd: number | null;
  error: {
    code: ErrorCode | 'forbidden' | 'unauthorized' | 'not_found' | 'method_not_allowed' | 'unsupported_media_type';
    message: string;
  } | null;
}

/** Whether a model at a provider is asked (`closed`), left alone (`open`), or being tried again (`half-open`). */
export interface BreakerState {
  provider: string;
  model: string;
  state: 'closed' | 'open' | 'half-open';
}

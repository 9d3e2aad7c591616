import { pino } from 'pino';
import type { RequestReport } from '../core/request-report.js';

/** What the gateway says while it runs: one line per request, and what else its operator should know. */
export interface RequestLog {
  request(report: RequestReport): void;
  /** Something happened that is no request: a reload, a start, a stop. */
  note(message: string): void;
  /** Something is wrong, and what to do about it. */
  warn(message: string): void;
}

export type LogLevel = 'info' | 'warn' | 'error';

/** A line of the log. What is unknown or does not apply is left out. Durations in milliseconds, cost in US dollars. */
export interface LogEntry {
  level: LogLevel;
  /** ISO 8601. */
  time: string;
  request?: string;
  run?: string;
  client?: string;
  method?: string;
  path?: string;
  model?: string;
  mixture?: string;
  strategy?: string;
  /** HTTP status. */
  status?: number;
  /** What became of the run. */
  outcome?: string;
  ms?: number;
  first_token_ms?: number;
  input_tokens?: number;
  output_tokens?: number;
  cost_usd?: number;
  error?: { code: string; message: string };
  msg: string;
}

export interface RequestLogOptions {
  /** Takes whole lines; must not throw. */
  write(line: string): void;
  /** Takes the secrets out of a text. */
  clean(text: string): string;
  /** How a line looks where people read it; null: JSON. */
  readable: ((entry: LogEntry) => string) | null;
  /** Requests and notes below this level are not told. @default 'info' */
  level?: LogLevel;
}

/** Longest text of a client's or a provider's in one line, and how much of one is looked through for keys: one that is cut is found no more. */
const LONGEST_TEXT = 1_000;
const MOST_CLEANED = 100_000;

/** Codes of requests that could not be served for a reason that the operator may want to know, though the status is below 500. */
const UPSTREAM_CODES: ReadonlySet<string> = new Set(['cost_cap', 'no_credit', 'request_refused']);

export function createRequestLog({ write, clean, readable, level = 'info' }: RequestLogOptions): RequestLog {
  const destination = { write: readable ? (line: string) => write(`${readable(JSON.parse(line) as LogEntry)}\n`) : write };
  const logger = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } },
    destination,
  );
  const text = (value: string | null) => (value === null ? undefined : shortened(clean(value.slice(0, MOST_CLEANED))));
  return {
    request(report) {
      const { usage, error } = report;
      logger[levelOf(report)](
        {
          request: text(report.id),
          run: report.runId ?? undefined,
          client: text(report.client),
          method: text(report.method),
          path: text(report.path),
          model: text(report.model),
          mixture: text(report.mixture),
          strategy: report.strategy ?? undefined,
          status: report.status,
          outcome: report.runStatus ?? undefined,
          ms: Math.round(report.durationMs),
          first_token_ms: report.firstTokenMs === null ? undefined : Math.round(report.firstTokenMs),
          input_tokens: usage?.input_tokens,
          output_tokens: usage?.output_tokens,
          cost_usd: report.costUsd ?? undefined,
          error: error ? { code: error.code, message: text(error.message) } : undefined,
        },
        'request',
      );
    },
    note: (message) => logger.info(clean(message)),
    warn: (message) => logger.warn(clean(message)),
  };
}

function levelOf({ status, runStatus, error }: RequestReport): LogLevel {
  if (status >= 500 || runStatus === 'failed') return 'error';
  if (runStatus === 'degraded' || (error && UPSTREAM_CODES.has(error.code))) return 'warn';
  return 'info';
}

function shortened(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT)}…`;
}

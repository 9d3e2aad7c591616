import type { RequestReport } from '../core/request-report.js';

/** What the gateway says while it runs: one line per request, and what else its operator should know. */
export interface RequestLog {
  request(report: RequestReport): void;
  /** Something happened that is no request: a reload, a start, a stop. */
  note(message: string): void;
  /** Something is wrong, and what to do about it. */
  warn(message: string): void;
}

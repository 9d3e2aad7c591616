import type { EventSink } from '../core/event.js';
import type { BreakerState, RequestReport } from '../core/request-report.js';

/** What the gateway counts, in the text format of Prometheus. */
export interface Metrics {
  /** Reads along with one run. */
  ofRun(client: string): EventSink;
  /** A request has begun, or is over. */
  begun(): void;
  over(report: RequestReport): void;
  /** Asked for the state of the breakers whenever somebody reads the metrics. */
  watchBreakers(read: () => readonly BreakerState[]): void;
  /** Budgets with their limit and what is left, in US dollars, asked for likewise. */
  watchBudgets(read: () => readonly { name: string; limit: number; left: number }[]): void;
  contentType: string;
  text(): Promise<string>;
}

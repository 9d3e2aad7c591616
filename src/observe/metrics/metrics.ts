import { collectDefaultMetrics, Registry } from 'prom-client';
import type { LatestEvaluation } from '../../core/eval/latest.js';
import type { EventSink } from '../../core/event.js';
import type { BreakerState, RequestReport } from '../../core/request-report.js';
import { createEvalGauges } from './eval-gauges.js';
import { createBoundedLabels, createInstruments, createReadGauge } from './instruments.js';
import { METRICS } from './metric-table.js';
import { createRequestCounts } from './request-counts.js';
import { createRunCounts } from './run-counts.js';

/** A budget with its limit and what is left, in US dollars. */
export interface BudgetState {
  name: string;
  limit: number;
  left: number;
}

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
  watchBudgets(read: () => readonly BudgetState[]): void;
  /** The latest evaluation, asked for likewise; null where there is none. */
  watchEvaluation(read: () => LatestEvaluation | null): void;
  contentType: string;
  text(): Promise<string>;
}

export interface MetricsOptions {
  /** Takes the secrets out of a text that a client chose. */
  clean?(text: string): string;
}

const BREAKER_VALUE = { closed: 0, 'half-open': 1, open: 2 } as const satisfies Record<BreakerState['state'], number>;

/** Counts in a registry of its own, with the usual metrics of the process beside mom's. */
export function createMetrics({ clean = (text) => text }: MetricsOptions = {}): Metrics {
  const registry = new Registry();
  const counts = createInstruments(registry);
  const labels = createBoundedLabels(clean);
  const countRequest = createRequestCounts(counts, labels);
  let breakers: () => readonly BreakerState[] = () => [];
  let budgets: () => readonly BudgetState[] = () => [];
  let evaluation: () => LatestEvaluation | null = () => null;
  createReadGauge(registry, METRICS.breaker, (set) => {
    // The worst last: it is what several models under one label show.
    for (const { provider, model, state } of breakers().toSorted((a, b) => BREAKER_VALUE[a.state] - BREAKER_VALUE[b.state])) {
      set({ provider, model: labels.model(provider, model) }, BREAKER_VALUE[state]);
    }
  });
  createReadGauge(registry, METRICS.budgetLimit, (set) => {
    for (const { name, limit } of budgets()) set({ budget: name }, limit);
  });
  createReadGauge(registry, METRICS.budgetLeft, (set) => {
    for (const { name, left } of budgets()) set({ budget: name }, left);
  });
  createEvalGauges(registry, labels.shownName, () => evaluation());
  collectDefaultMetrics({ register: registry });
  return {
    ofRun: (client) => createRunCounts(counts, labels, client),
    begun: () => counts.inFlight.inc(),
    over(report) {
      counts.inFlight.dec();
      countRequest(report);
    },
    watchBreakers(read) {
      breakers = read;
    },
    watchBudgets(read) {
      budgets = read;
    },
    watchEvaluation(read) {
      evaluation = read;
    },
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}

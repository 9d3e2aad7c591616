import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { bounded, OTHER } from './bounded.js';
import { LATENCY_BUCKETS, METRICS, type MetricSpec, MOST_LABELS } from './metric-table.js';

export type Instruments = ReturnType<typeof createInstruments>;

/** The metrics that are counted as things happen, in `registry`. */
export function createInstruments(registry: Registry) {
  const counter = (spec: MetricSpec) => new Counter({ ...described(spec), registers: [registry] });
  const seconds = (spec: MetricSpec) => new Histogram({ ...described(spec), buckets: [...LATENCY_BUCKETS], registers: [registry] });
  return {
    http: counter(METRICS.http),
    inFlight: new Gauge({ ...described(METRICS.inFlight), registers: [registry] }),
    requests: counter(METRICS.requests),
    failures: counter(METRICS.failures),
    firstToken: seconds(METRICS.firstToken),
    duration: seconds(METRICS.duration),
    runs: counter(METRICS.runs),
    fallbacks: counter(METRICS.fallbacks),
    cut: counter(METRICS.cut),
    cacheHits: counter(METRICS.cacheHits),
    calls: counter(METRICS.calls),
    callFailures: counter(METRICS.callFailures),
    callFirstToken: seconds(METRICS.callFirstToken),
    callDuration: seconds(METRICS.callDuration),
    tokens: counter(METRICS.tokens),
    cost: counter(METRICS.cost),
    unpriced: counter(METRICS.unpriced),
    clientCost: counter(METRICS.clientCost),
  };
}

/** A gauge whose values are asked for whenever somebody reads; what is gone since then is shown no longer. */
export function createReadGauge(
  registry: Registry,
  spec: MetricSpec,
  read: (set: (labels: Record<string, string>, value: number) => void) => void,
) {
  new Gauge({
    ...described(spec),
    registers: [registry],
    collect() {
      this.reset();
      read((labels, value) => this.set(labels, value));
    },
  });
}

/** Characters of a name in a label: clients choose those of models, and each stands in many lines. */
const LONGEST_NAME = 200;

export type BoundedLabels = ReturnType<typeof createBoundedLabels>;

/** Labels whose values come from outside. @param clean takes the secrets out of a text */
export function createBoundedLabels(clean: (text: string) => string) {
  const models = bounded(MOST_LABELS.model);
  const shownName = (name: string) => clean(name.slice(0, LONGEST_NAME)).replace(/\p{Cc}/gu, '\ufffd');
  return {
    shownName,
    /** The same id at two providers is two models. */
    model(provider: string, model: string) {
      const shown = shownName(model);
      return models(`${provider}\n${shown}`) === OTHER ? OTHER : shown;
    },
    mixture: bounded(MOST_LABELS.mixture),
    client: bounded(MOST_LABELS.client),
  };
}

function described({ name, help, labels }: MetricSpec) {
  return { name, help, labelNames: [...labels] };
}

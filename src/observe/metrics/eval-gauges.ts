import type { Registry } from 'prom-client';
import type { LatestContestant, LatestEvaluation } from '../../core/eval/latest.js';
import { createReadGauge } from './instruments.js';
import { METRICS, type MetricSpec, MOST_LABELS } from './metric-table.js';

type Reader = () => LatestEvaluation | null;

/** The numbers of the latest evaluation, of its best contestants. @param shown a name as a label */
export function createEvalGauges(registry: Registry, shown: (name: string) => string, read: Reader): void {
  const ofEach = (spec: MetricSpec, measure: (one: LatestContestant) => number | null) =>
    createReadGauge(registry, spec, (set) => {
      const contestants = read()?.contestants ?? [];
      for (const one of contestants.slice(0, MOST_LABELS.contestant)) {
        const value = measure(one);
        if (value !== null) set({ contestant: shown(one.name) }, value);
      }
    });
  createReadGauge(registry, METRICS.evalStarted, (set) => {
    const latest = read();
    if (latest !== null) set({ baseline: shown(latest.baseline) }, Date.parse(latest.started_at) / 1_000);
  });
  ofEach(METRICS.evalPrompts, ({ prompts }) => prompts);
  ofEach(METRICS.evalFailed, ({ failed }) => failed);
  ofEach(METRICS.evalAccuracy, ({ accuracy }) => accuracy);
  ofEach(METRICS.evalWinRate, ({ win_rate }) => win_rate);
  ofEach(METRICS.evalCost, ({ cost_usd }) => cost_usd);
}

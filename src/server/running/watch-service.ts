import type { Metrics } from '../../observe/metrics/metrics.js';
import type { ServiceHolder } from './services.js';

/** Lets the metrics read what only the service of the moment knows. */
export function watchService(metrics: Metrics, holder: ServiceHolder): void {
  metrics.watchBreakers(() => holder.current().breakers());
  metrics.watchBudgets(() => holder.current().budgets());
  metrics.watchEvaluation(() => holder.current().evaluation());
}

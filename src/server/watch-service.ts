import type { BudgetState, Metrics } from '../observe/metrics.js';
import type { ServiceHolder } from './services.js';

/** Lets the metrics read what only the service of the moment knows. */
export function watchService(metrics: Metrics, holder: ServiceHolder): void {
  metrics.watchBreakers(() => holder.current().breakers());
  metrics.watchBudgets(() => keyBudgets(holder));
}

/** The budgets of keys: a day's comes before a month's. */
function keyBudgets(holder: ServiceHolder): BudgetState[] {
  const service = holder.current();
  return service.settings.serve.keys.flatMap((key) => {
    const { day, month } = key.budget;
    const limits = [
      ...(day === null ? [] : [{ period: 'day', limit: day }]),
      ...(month === null ? [] : [{ period: 'month', limit: month }]),
    ];
    const budgets = service.budgetsOf(key);
    return limits.flatMap(({ period, limit }, index) => {
      const left = budgets[index]?.left();
      return left === undefined ? [] : [{ name: `${key.name} ${period}`, limit, left }];
    });
  });
}

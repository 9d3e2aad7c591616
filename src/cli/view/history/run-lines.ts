import type { RunSummary } from '../../../core/history.js';

/**
 * The list of runs for programs: a line each, fields separated by one tab, nothing cut: id, start (ISO 8601, UTC), status,
 * mixture, strategy, models (by spaces), US dollars, where they come from, milliseconds, question. `?` stands for unknown
 * dollars, `sandbox` for where simulated ones come from; a question that was not kept is empty.
 */
export function runLines(runs: readonly RunSummary[]): string {
  return runs.map((run) => `${fields(run).map(field).join('\t')}\n`).join('');
}

function fields(run: RunSummary): string[] {
  return [
    run.id,
    run.started_at,
    run.status,
    run.mixture,
    run.strategy,
    run.models.join(' '),
    run.cost_usd === null || run.sandbox ? '?' : String(run.cost_usd),
    run.sandbox ? 'sandbox' : run.cost_source,
    String(Math.round(run.duration_ms)),
    run.question ?? '',
  ];
}

/** What would end a field or a line. */
function field(text: string): string {
  return text.replace(/[\t\r\n\v\f\u0085\u2028\u2029]+/g, ' ');
}

import { formatDuration } from '../../core/duration.js';
import type { RunEvent } from '../../core/event.js';
import { formatCost } from './closing-line.js';

/** What `--verbose` says of an event; null for the ones that are not news. */
export function verboseLine(event: RunEvent): string | null {
  switch (event.type) {
    case 'run.start':
      return `run ${event.run_id}: mixture ${event.mixture}, ${event.strategy} (${event.route_reason}), seed ${event.seed}`;
    case 'call.start':
      return `${event.call.id} ${event.call.model} at ${event.call.provider}: asked`;
    case 'call.restart':
      return `${event.call_id}: ${event.error.message}; again in ${formatDuration(event.delay_ms)}`;
    case 'call.end': {
      const { id, status, error, duration_ms, cost_usd, cost_source } = event.call;
      const time = duration_ms === null ? '' : ` after ${formatDuration(duration_ms)}`;
      return `${id}: ${status}${time}, ${error ? error.message : formatCost(cost_usd, cost_source)}`;
    }
    case 'quorum':
      return `${event.answered} answered, waiting at most ${formatDuration(event.grace_ms)} for ${event.waiting_for.join(', ') || 'nobody'}`;
    case 'answer.start':
      return `final answer by ${event.model ?? event.source}`;
    default:
      return null;
  }
}

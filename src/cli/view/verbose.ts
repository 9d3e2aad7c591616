import { formatDuration } from '../../core/duration.js';
import type { EventSink, RunEvent } from '../../core/event.js';
import type { CallKind, CallRecord } from '../../core/run.js';
import { isRepair, levelOf, writesQuestions } from '../../observe/level.js';
import { formatCost } from './price.js';
import { answerBy } from './words.js';

/** Says what happens. What comes while the answer is shown waits for its end: it must not stand in the middle of it. */
export function createVerbose(say: (line: string) => void): EventSink {
  let held: string[] | null = null;
  return {
    handle(event) {
      const line = verboseLine(event);
      if (line !== null && held) held.push(line);
      else if (line !== null) say(line);
      if (event.type === 'answer.start') held = [];
    },
    close() {
      for (const line of held ?? []) say(line);
      held = null;
    },
  };
}

/** What `--verbose` says of an event; null for the ones that are not news. */
export function verboseLine(event: RunEvent): string | null {
  switch (event.type) {
    case 'run.start':
      return `run ${event.run_id}: mixture ${event.mixture}, ${event.strategy} (${event.route_reason}), seed ${event.seed}`;
    case 'route':
      return `now mixture ${event.mixture}, ${event.strategy} (${event.route_reason})`;
    case 'call.start': {
      const { id, model, provider } = event.call;
      return [`${id} ${model} at ${provider}: asked${purposeOf(event.call)}`, levelOf(event.call)]
        .filter((part) => part !== null)
        .join(', ');
    }
    case 'call.restart':
      return `${event.call_id}: ${event.error.message}; again in ${formatDuration(event.delay_ms)}`;
    case 'call.end':
      return ended(event.call);
    case 'call.kept':
      return `${event.call.id} ${event.call.model} at ${event.call.provider}: kept from an earlier run of the same request`;
    case 'call.billed':
      return `${event.call.id}: its price came later, ${formatCost(event.call.cost_usd, event.call.cost_source)}`;
    case 'call.skipped':
      return `${event.call.id} ${event.call.model}: not asked${event.call.error ? `, ${event.call.error.message}` : ''}`;
    case 'quorum':
      return `${event.answered} answered, waiting at most ${formatDuration(event.grace_ms)} for ${event.waiting_for.join(', ') || 'nobody'}`;
    case 'answer.start':
      return answerBy(event.source, event.model);
    default:
      return null;
  }
}

function purposeOf({ id, kind }: { id: string; kind: CallKind }): string {
  if (writesQuestions(id)) return ' for check questions';
  return isRepair(id) ? ' to compare the answer with the checks' : PURPOSE[kind];
}

const PURPOSE: Readonly<Record<CallKind, string>> = {
  proposer: '',
  critic: ' to write the answer',
  judge: ' to choose an answer',
  verifier: ' to check the answer',
  router: ' which strategy fits',
  embedding: ' what the question is close to',
};

/** The price is told of failed and cut calls too: they may have cost something. */
function ended({ id, status, error, duration_ms, confidence, tool_calls, cost_usd, cost_source }: CallRecord): string {
  const time = duration_ms === null ? '' : ` after ${formatDuration(duration_ms)}`;
  const facts = [
    ...(error ? [error.message] : []),
    ...(tool_calls.length === 0 ? [] : [`calls ${tool_calls.map(({ name }) => name).join(' and ')}`]),
    ...(confidence === null ? [] : [`confidence ${confidence.toFixed(2)}`]),
    formatCost(cost_usd, cost_source),
  ];
  return `${id}: ${status}${time}, ${facts.join(', ')}`;
}

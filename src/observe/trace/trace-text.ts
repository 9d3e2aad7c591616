import { formatDuration } from '../../core/duration.js';
import type { RunResult } from '../../core/run.js';
import { bullets, fenced, list, section } from './markdown.js';
import { callSection } from './trace-call.js';
import { costText, errorText, messagesText, toolCallsText, usageText } from './trace-facts.js';
import type { RunStart, TraceNotes } from './trace-notes.js';

/** The trace of a run as Markdown, as far as the run has come: what was asked, then every call in the order they started. */
export function traceText(start: RunStart, notes: TraceNotes): string {
  const planned = (notes.route ?? start).proposers.map(({ id }) => id);
  const sections = [
    header(start, notes),
    section('Conversation', messagesText(start.messages)),
    ...[...notes.calls.values()].map((call) => callSection(call, planned)),
    section('Course', list(notes.steps.map((step) => `${formatDuration(step.t_ms)}: ${step.text}`))),
    section('Answer', answerText(notes)),
    section('Warnings', list(notes.warnings.map((warning) => `${warning.code}: ${warning.message}`))),
    section('Totals', totals(notes)),
  ];
  return `${sections.join('\n\n')}\n`;
}

function header(start: RunStart, { result, route }: TraceNotes): string {
  const { mixture, strategy, route_reason, quorum, min_answers, proposers } = route ?? start;
  return [
    `# Run ${start.run_id}`,
    '',
    ...bullets([
      ['started', start.started_at],
      ['status', result?.status ?? 'not finished'],
      ['error', result?.error ? errorText(result.error) : null],
      ['mixture', mixture],
      ['strategy', `${strategy} (${route_reason})`],
      ['quorum', proposers.length === 0 ? null : `${quorum} of ${proposers.length}, at least ${min_answers} needed`],
      ['seed', String(start.seed)],
      ['cost', result ? costText(result.cost_usd, result.cost_source) : 'not known yet'],
    ]),
  ].join('\n');
}

function answerText({ result }: TraceNotes): string {
  if (!result) return 'not there yet';
  return `from: ${result.answer_source ?? 'nobody'}, finish reason: ${result.finish_reason ?? 'none'}\n\n${answerParts(result).join('\n\n')}`;
}

function answerParts({ answer, tool_calls }: RunResult): string[] {
  return [...(answer === null && tool_calls.length > 0 ? [] : [fenced(answer)]), ...toolCallsText(tool_calls)];
}

function totals(notes: TraceNotes): string {
  const { result } = notes;
  if (!result) {
    const cost = notes.cost();
    return `so far: ${costText(cost.usd, cost.source)}`;
  }
  const { calls } = result;
  const facts = bullets([
    ['calls', String(calls.length)],
    ['tokens', usageText(result.usage)],
    ['cost', costText(result.cost_usd, result.cost_source)],
    ['duration', formatDuration(result.duration_ms)],
  ]);
  const prices = calls.map((call) => `${call.id} ${call.model}: ${costText(call.cost_usd, call.cost_source)}`);
  return [facts.join('\n'), ...(prices.length === 0 ? [] : [`### Cost of each call\n\n${list(prices)}`])].join('\n\n');
}

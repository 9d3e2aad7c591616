import { formatDuration } from '../../core/duration.js';
import { ROUTE, VERDICT } from '../../core/reply-marks.js';
import type { CallKind } from '../../core/run.js';
import { levelOf } from '../level.js';
import { bullets, fenced, inline, list, section } from './markdown.js';
import { costText, errorText, messagesText, toolCallsText, usageText } from './trace-facts.js';
import type { CallNotes } from './trace-notes.js';

/** What each kind of call is called in a heading. */
const NAME: Readonly<Record<CallKind, string>> = {
  proposer: 'Proposal',
  critic: 'Critic',
  judge: 'Judge',
  verifier: 'Verifier',
  router: 'Classifier',
  embedding: 'Embedding',
};

/** The section of one call. @param planned ids of the proposers, in config order */
export function callSection(call: CallNotes, planned: readonly string[]): string {
  const { record, start } = call;
  const who = record ?? start?.call;
  const title = `${titleOf(call, planned)}: ${who?.model ?? 'unknown'}`;
  const facts = bullets([
    ['id', who?.id ?? null],
    ['model', who ? `${who.model} at ${who.provider}, family ${who.family}` : null],
    ['answered as', record?.resolved_model ?? null],
    ['role', who?.role ?? null],
    ['place', who ? levelOf(who) : null],
    ['status', record ? record.status : 'still running'],
    ['verdict', who?.kind === 'judge' ? replyAfter(VERDICT, record?.text) : null],
    ['decision', who?.kind === 'router' ? replyAfter(ROUTE, record?.text) : null],
    ['confidence', record?.confidence == null ? null : record.confidence.toFixed(3)],
    ['finish reason', record?.finish_reason ?? null],
    ['error', record?.error ? errorText(record.error) : null],
    ['started', call.startedMs === null ? null : `${formatDuration(call.startedMs)} into the run`],
    ['first token', record?.first_token_ms == null ? null : `after ${formatDuration(record.first_token_ms)}`],
    ['duration', record?.duration_ms == null ? null : formatDuration(record.duration_ms)],
    ['attempts', record && record.status !== 'skipped' ? String(record.attempts) : null],
    ['tokens', record?.usage ? usageText(record.usage) : null],
    ['cost', record && record.status !== 'skipped' ? costText(record.cost_usd, record.cost_source) : null],
  ]);
  return section(inline(title), [facts.join('\n'), ...(record?.status === 'skipped' ? [] : texts(call))].join('\n\n'));
}

function texts(call: CallNotes): string[] {
  const restarts = call.restarts.map(
    (restart) =>
      `${formatDuration(restart.t_ms)}: attempt ${restart.attempt} failed, ${errorText(restart.error)}; again after ${formatDuration(restart.delay_ms)}`,
  );
  const parts: string[] = [];
  if (restarts.length > 0) parts.push(`### Restarts\n\n${list(restarts)}`);
  if (call.messages) parts.push(`### Prompt as sent\n\n${messagesText(call.messages)}`);
  if (call.reasoning !== '') parts.push(`### Reasoning\n\n${fenced(call.reasoning)}`);
  const called = call.record?.tool_calls ?? [];
  if (called.length > 0) parts.push(`### Tool calls\n\n${toolCallsText(called).join('\n\n')}`);
  parts.push(`### Text as it came\n\n${fenced(call.record?.text ?? (call.text === '' ? null : call.text))}`);
  return parts;
}

function titleOf(call: CallNotes, planned: readonly string[]): string {
  const who = call.record ?? call.start?.call;
  if (!who) return 'Call';
  const place = planned.indexOf(who.id);
  if (place >= 0) return `${NAME[who.kind]} ${place + 1} of ${planned.length}`;
  const level = levelOf(who);
  return level === null ? NAME[who.kind] : `${NAME[who.kind]}, ${level}`;
}

/** What a model said behind the mark it was asked to use, the last time it did. */
function replyAfter(mark: string, text: string | null | undefined): string {
  const line = (text ?? '').split('\n').findLast((each) => each.includes(mark));
  return line === undefined ? 'none' : line.slice(line.indexOf(mark) + mark.length).trim();
}

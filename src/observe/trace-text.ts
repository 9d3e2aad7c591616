import { formatDuration } from '../core/duration.js';
import type { CallErrorInfo, ErrorInfo } from '../core/error.js';
import type { ContentPart, Message } from '../core/message.js';
import type { CostSource, Usage } from '../core/usage.js';
import type { CallNotes, RunStart, TraceNotes } from './trace-notes.js';

/** The trace of a run as Markdown, as far as the run has come. */
export function traceText(start: RunStart, notes: TraceNotes): string {
  const calls = [...notes.calls.values()];
  const proposals = calls.filter((call) => kindOf(call) === 'proposer');
  const others = calls.filter((call) => kindOf(call) !== 'proposer');
  const sections = [
    header(start, notes),
    section('Conversation', messagesText(start.messages)),
    ...proposals.map((call, i) => callSection(`Proposal ${i + 1} of ${start.proposers.length}`, call)),
    ...others.map((call) => callSection(capitalised(kindOf(call)), call)),
    section('Course', list(notes.steps.map((step) => `${formatDuration(step.t_ms)}: ${step.text}`))),
    section('Answer', answerText(notes)),
    section('Warnings', list(notes.warnings.map((warning) => `${warning.code}: ${warning.message}`))),
    section('Totals', totals(notes)),
  ];
  return `${sections.join('\n\n')}\n`;
}

function header(start: RunStart, { result }: TraceNotes): string {
  const cost = result ? costText(result.cost_usd, result.cost_source) : 'not known yet';
  return [
    `# Run ${start.run_id}`,
    '',
    ...bullets([
      ['started', start.started_at],
      ['status', result?.status ?? 'not finished'],
      ['error', result?.error ? errorText(result.error) : null],
      ['mixture', start.mixture],
      ['strategy', `${start.strategy} (${start.route_reason})`],
      ['quorum', `${start.quorum} of ${start.proposers.length}, at least ${start.min_answers} needed`],
      ['seed', String(start.seed)],
      ['cost', cost],
    ]),
  ].join('\n');
}

function callSection(title: string, call: CallNotes): string {
  const { record, start } = call;
  const who = record ?? start?.call;
  const facts = bullets([
    ['id', who?.id ?? null],
    ['model', who ? `${who.model} at ${who.provider}, family ${who.family}` : null],
    ['answered as', record?.resolved_model ?? null],
    ['role', who?.role ?? null],
    ['status', record ? record.status : 'still running'],
    ['finish reason', record?.finish_reason ?? null],
    ['error', record?.error ? errorText(record.error) : null],
    ['started', call.startedMs === null ? null : `${formatDuration(call.startedMs)} into the run`],
    ['first token', record?.first_token_ms == null ? null : `after ${formatDuration(record.first_token_ms)}`],
    ['duration', record?.duration_ms == null ? null : formatDuration(record.duration_ms)],
    ['attempts', record ? String(record.attempts) : null],
    ['tokens', record?.usage ? usageText(record.usage) : null],
    ['cost', record ? costText(record.cost_usd, record.cost_source) : null],
  ]);
  const restarts = call.restarts.map(
    (restart) =>
      `${formatDuration(restart.t_ms)}: attempt ${restart.attempt} failed, ${errorText(restart.error)}; again after ${formatDuration(restart.delay_ms)}`,
  );
  const parts = [facts.join('\n')];
  if (restarts.length > 0) parts.push(`### Restarts\n\n${list(restarts)}`);
  if (call.messages) parts.push(`### Prompt as sent\n\n${messagesText(call.messages)}`);
  if (call.reasoning !== '') parts.push(`### Reasoning\n\n${fenced(call.reasoning)}`);
  parts.push(`### Text as it came\n\n${fenced(record?.text ?? (call.text === '' ? null : call.text))}`);
  return section(inline(`${title}: ${who?.model ?? 'unknown'}`), parts.join('\n\n'));
}

function kindOf(call: CallNotes): string {
  return call.record?.kind ?? call.start?.call.kind ?? 'call';
}

function answerText({ result }: TraceNotes): string {
  if (!result) return 'not there yet';
  return `from: ${result.answer_source ?? 'nobody'}, finish reason: ${result.finish_reason ?? 'none'}\n\n${fenced(result.answer)}`;
}

function totals(notes: TraceNotes): string {
  const { result } = notes;
  if (!result) {
    const cost = notes.cost();
    return `so far: ${costText(cost.usd, cost.source)}`;
  }
  return bullets([
    ['calls', String(result.calls.length)],
    ['tokens', usageText(result.usage)],
    ['cost', costText(result.cost_usd, result.cost_source)],
    ['duration', formatDuration(result.duration_ms)],
  ]).join('\n');
}

function messagesText(messages: readonly Message[]): string {
  return messages.map((message) => `**${message.role}**\n\n${fenced(contentText(message.content))}`).join('\n\n');
}

function contentText(content: Message['content']): string | null {
  if (content === null || typeof content === 'string') return content;
  return content.map(partText).join('\n');
}

function partText(part: ContentPart): string {
  if (part.type === 'text') return part.text;
  const data = /^data:([^;,]+)[^,]*,/.exec(part.image_url.url);
  return data ? `[image: ${data[1]}, ${part.image_url.url.length - data[0].length} characters of data]` : `[image: ${part.image_url.url}]`;
}

/** A code block that its content can't close; control characters are shown, not sent to the terminal that shows the file. */
function fenced(text: string | null): string {
  if (text === null) return '_nothing_';
  const longest = (text.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 2);
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${visibleControls(text)}\n${fence}`;
}

function visibleControls(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, (char) => {
    const code = char.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? '\u2421' : `\\x${code.toString(16)}`;
  });
}

/** One line, for places outside a code block. */
function inline(text: string): string {
  return visibleControls(text.replace(/\s*[\r\n]+\s*/g, ' ')).replaceAll('<', '&lt;');
}

function errorText(error: ErrorInfo | CallErrorInfo): string {
  const status = 'status' in error && error.status !== null ? ` (HTTP ${error.status})` : '';
  return `${error.code}${status}: ${error.message}${error.hint === null ? '' : `; ${error.hint}`}`;
}

function usageText(usage: Usage): string {
  const reasoning = usage.reasoning_tokens > 0 ? ` (${usage.reasoning_tokens} reasoning)` : '';
  const cached = usage.cached_input_tokens > 0 ? ` (${usage.cached_input_tokens} cached)` : '';
  return `${usage.input_tokens} in${cached}, ${usage.output_tokens} out${reasoning}`;
}

function costText(usd: number | null, source: CostSource): string {
  return usd === null ? 'unknown' : `$${usd.toFixed(10).replace(/\.?0+$/, '')} ${source}`;
}

function section(title: string, body: string): string {
  return `## ${title}\n\n${body === '' ? 'none' : body}`;
}

function bullets(facts: readonly (readonly [string, string | null])[]): string[] {
  return facts.flatMap(([name, value]) => (value === null ? [] : [`- ${name}: ${inline(value)}`]));
}

function list(lines: readonly string[]): string {
  return lines.map((line) => `- ${inline(line)}`).join('\n');
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

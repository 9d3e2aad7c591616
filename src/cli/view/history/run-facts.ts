import { formatDuration } from '../../../core/duration.js';
import type { StoredRun } from '../../../core/history.js';
import type { CallRecord, RunResult } from '../../../core/run.js';
import { formatCost, formatCount, totalCost } from '../price.js';
import { oneLine } from '../sanitize.js';
import type { Style } from '../style.js';
import { type Cell, type Column, tableLines, wrapped } from '../table.js';
import { answerBy } from '../words.js';
import { allCalls, isKept, writerOf } from './run-calls.js';
import { statusPaint } from './run-table.js';
import { localTime } from './run-words.js';

/** Runs that go on with this one, or take its proposals. */
export interface Follower {
  id: string;
  link: 'continued' | 'resumed' | null;
}

/** What became of a run and of each of its calls, and how to go on; lines of at most `width` columns where it is a number. */
export function factLines(run: StoredRun, followers: readonly Follower[], style: Style, width: number | null): string[] {
  const facts = [...runFacts(run), ...links(run, followers), ...troubles(run.result), ...waysOn(run)];
  const names = Math.max(...facts.map(([name]) => name.length)) + 2;
  const lines = facts.flatMap(([name, text]) => {
    const paint = name === 'status' ? statusPaint(run.result.status, style) : (shown: string) => shown;
    return factText(`${name}:`, oneLine(text), { names, width, label: style.dim, paint });
  });
  return [...lines, ...(allCalls(run.result).length === 0 ? [] : ['', ...callTable(run, style, width)])];
}

/** Below so many columns facts don't stand below each other. */
const NARROW = 40;

interface FactLook {
  /** Columns for the labels. */
  names: number;
  width: number | null;
  label: (text: string) => string;
  paint: (text: string) => string;
}

function factText(label: string, text: string, look: FactLook): string[] {
  if (look.width === null) return [label.padEnd(look.names) + text];
  if (look.width < NARROW)
    return wrapped(`${label} ${text}`, look.width).map((line, place) => (place === 0 ? line.replace(label, look.label) : line));
  const lines = wrapped(text, look.width - look.names);
  return lines.map((line, place) => `${look.label((place === 0 ? label : '').padEnd(look.names))}${look.paint(line)}`);
}

type Fact = readonly [name: string, text: string];

function runFacts({ summary, origin, result, content }: StoredRun): Fact[] {
  const { usage } = result;
  return [
    ['run', summary.id],
    ['started', localTime(summary.started_at)],
    ['status', result.status],
    ['mixture', `${result.mixture}, ${result.strategy} (${result.route_reason})`],
    ...(result.answer_source === null ? [] : [['answer', answerBy(result.answer_source, writerOf(result))] as const]),
    ['took', formatDuration(result.duration_ms)],
    ['tokens', `${formatCount(usage.input_tokens)} read, ${formatCount(usage.output_tokens)} written`],
    ['cost', origin.sandbox ? 'nothing: simulated and recorded models of the sandbox' : totalCost(result)],
    ...askedBy(origin),
    ...(content ? [] : [['texts', origin.door === 'eval' ? 'kept with the evaluation only' : 'not kept (log.content: false)'] as const]),
  ];
}

function askedBy({ door, client }: StoredRun['origin']): Fact[] {
  if (door === 'ask') return [];
  if (door === 'doctor') return [['asked by', 'mom doctor --live']];
  if (door === 'eval') return [['asked by', 'mom eval']];
  return [['asked by', client === null ? 'a client of mom serve' : `${client}, through mom serve`]];
}

function links({ origin }: StoredRun, followers: readonly Follower[]): Fact[] {
  const after = (link: Follower['link']) => followers.filter((each) => each.link === link).map(({ id }) => id);
  const [continued, resumed] = [after('continued'), after('resumed')];
  return [
    ...(origin.parent === null
      ? []
      : [[origin.link === 'resumed' ? 'resumes' : 'goes on', parentText(origin.link, origin.parent)] as const]),
    ...(continued.length === 0 ? [] : [['next', continued.join(', ')] as const]),
    ...(resumed.length === 0 ? [] : [['resumed as', resumed.join(', ')] as const]),
  ];
}

function parentText(link: Follower['link'], parent: string): string {
  return link === 'resumed' ? parent : `after ${parent}`;
}

function troubles({ warnings, error }: RunResult): Fact[] {
  return [
    ...warnings.map(({ message }) => ['warning', message] as const),
    ...(error === null ? [] : [['error', `${error.message} (${error.code})`] as const]),
    ...(error?.hint ? [['hint', error.hint] as const] : []),
  ];
}

/** A run whose texts were not kept leads nowhere. */
function waysOn({ summary, origin, result, content }: StoredRun): Fact[] {
  if (!content) return [];
  const sandbox = origin.sandbox ? ' --sandbox' : '';
  const isAnswered = result.status === 'complete' || result.status === 'degraded';
  return [
    ...(isAnswered && result.answer !== null && result.tool_calls.length === 0
      ? [['go on', `mom ask${sandbox} --from ${summary.id} "..."`] as const]
      : []),
    ...(origin.tools ? [] : [['again', `mom ask${sandbox} --resume ${summary.id}`] as const]),
  ];
}

const COLUMNS: readonly Column[] = [
  { title: 'call' },
  { title: 'model', least: 10 },
  { title: 'status', least: 10 },
  { title: 'first token', align: 'right', spare: 1 },
  { title: 'took', align: 'right' },
  { title: 'tokens', align: 'right', spare: 2 },
  { title: 'cost', align: 'right' },
];

function callTable(run: StoredRun, style: Style, width: number | null): string[] {
  const rows = allCalls(run.result).map((call) => callCells(call, run.origin.sandbox, style));
  return tableLines(COLUMNS, rows, { width, head: style.dim });
}

function callCells(call: CallRecord, isSandbox: boolean, style: Style): Cell[] {
  const wasMade = call.status !== 'skipped';
  const time = (ms: number | null) => (ms === null || !wasMade || isKept(call) ? '' : formatDuration(ms));
  const tokens = call.usage === null ? '' : formatCount(call.usage.input_tokens + call.usage.output_tokens);
  return [
    { text: oneLine(call.id) },
    { text: oneLine(call.model), paint: style.cyan },
    { text: call.error === null ? call.status : `${call.status} (${call.error.code})`, paint: callPaint(call, style) },
    { text: time(call.first_token_ms) },
    { text: time(call.duration_ms) },
    { text: tokens },
    { text: !wasMade ? '' : isKept(call) ? 'paid before' : isSandbox ? 'sandbox' : formatCost(call.cost_usd, call.cost_source) },
  ];
}

function callPaint({ status }: CallRecord, style: Style): (text: string) => string {
  return { answered: style.green, failed: style.red, cancelled: style.dim, skipped: style.dim }[status];
}

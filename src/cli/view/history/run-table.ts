import { formatDuration } from '../../../core/duration.js';
import type { RunSummary } from '../../../core/history.js';
import type { RunStatus } from '../../../core/run.js';
import { oneLine } from '../sanitize.js';
import type { Screen } from '../screen.js';
import { type Style, styleOf } from '../style.js';
import { type Cell, type Column, tableLines } from '../table.js';
import { askedWhat, shortCost, shortTime } from './run-words.js';

/** Which of these a narrow terminal does without: first the duration, then what was asked. */
const COLUMNS: readonly Column[] = [
  { title: 'run' },
  { title: 'when' },
  { title: 'status' },
  { title: 'asked', least: 10, spare: 2 },
  { title: 'cost', align: 'right' },
  { title: 'took', align: 'right', spare: 1 },
  { title: 'question', least: 20 },
];

/** The list of runs for a terminal: a line each, or where that does not fit some lines each. */
export function runTable(runs: readonly RunSummary[], { columns, color }: Screen, now: Date): string {
  const style = styleOf(color);
  const rows = runs.map((run) => cells(run, style, now));
  return `${tableLines(COLUMNS, rows, { width: columns, head: style.dim }).join('\n')}\n`;
}

function cells(run: RunSummary, style: Style, now: Date): Cell[] {
  return [
    { text: oneLine(run.id) },
    { text: shortTime(run.started_at, now), paint: style.dim },
    { text: run.status, paint: statusPaint(run.status, style) },
    { text: oneLine(askedWhat(run)), paint: style.cyan },
    { text: shortCost(run) },
    { text: formatDuration(run.duration_ms), paint: style.dim },
    { text: run.question === null ? '(not kept)' : oneLine(run.question), ...(run.question === null ? { paint: style.dim } : {}) },
  ];
}

export function statusPaint(status: RunStatus, style: Style): (text: string) => string {
  return { complete: style.green, degraded: style.yellow, failed: style.red, cancelled: style.dim }[status];
}

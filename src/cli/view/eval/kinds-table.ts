import { EVAL_KINDS, type EvalKind } from '../../../core/eval/prompt.js';
import type { ContestantReport, EvalReport } from '../../../core/eval/report.js';
import { oneLine } from '../sanitize.js';
import type { Style } from '../style.js';
import type { Cell, Column } from '../table.js';
import { percent, rate } from './cells.js';
import type { Table } from './contestants-table.js';
import { shortNames } from './short-names.js';

/** How good everybody is at each kind of prompt; null where there is only one. */
export function kindsTable({ contestants }: EvalReport, style: Style): Table | null {
  const kinds = EVAL_KINDS.filter((kind) => contestants.some((contestant) => contestant.kinds[kind] !== undefined));
  if (kinds.length < 2) return null;
  const columns = kinds.map((kind): Column => ({ title: `${kind} (${countOf(kind, contestants)})`, align: 'right' }));
  return {
    columns: [{ title: 'by kind of prompt', least: 12, shorten: shortNames }, ...columns],
    rows: contestants.map((contestant): Cell[] => [
      { text: oneLine(contestant.name), paint: style.cyan },
      ...kinds.map((kind) => ({ text: quality(contestant, kind) })),
    ]),
  };
}

/** Prompts of a kind that somebody has an outcome for. */
function countOf(kind: EvalKind, contestants: readonly ContestantReport[]): number {
  return Math.max(...contestants.map(({ kinds }) => kinds[kind]?.n ?? 0));
}

function quality({ kinds, is_baseline }: ContestantReport, kind: EvalKind): string {
  const measures = kinds[kind];
  if (measures === undefined) return '';
  if (measures.accuracy !== null) return percent(measures.accuracy.value);
  if (measures.board !== null) return rate(measures.board.win_rate, null);
  return is_baseline ? '*' : '';
}

import type { BoardLine, ContestantReport, EvalReport } from '../../../core/eval/report.js';
import { oneLine } from '../sanitize.js';
import type { Style } from '../style.js';
import type { Cell, Column } from '../table.js';
import { median, percent, percentInterval, promptCost, rate } from './cells.js';
import { shortNames } from './short-names.js';

/** Columns, and what stands in them of each contestant. */
export interface Table {
  columns: readonly Column[];
  rows: readonly (readonly Cell[])[];
}

interface Field {
  column: Column;
  text: (contestant: ContestantReport) => string;
  /** A column in which nobody has anything is left out. */
  isKnown?: (contestant: ContestantReport) => boolean;
}

const number = (title: string, spare?: number): Column => ({ title, align: 'right', ...(spare === undefined ? {} : { spare }) });

/** In a narrow terminal those with the lowest `spare` go first. */
const FIELDS: readonly Field[] = [
  { column: { title: 'contestant', least: 18, shorten: shortNames }, text: nameOf },
  {
    column: number('right'),
    text: ({ accuracy }) => (accuracy === null ? '' : percent(accuracy.value)),
    isKnown: ({ accuracy }) => accuracy !== null,
  },
  {
    column: number('95 %', 5),
    text: ({ accuracy }) => (accuracy === null ? '' : percentInterval(accuracy)),
    isKnown: ({ accuracy }) => accuracy !== null,
  },
  {
    column: number('wins', 7),
    text: ({ board }) => (board === null ? '' : rate(board.win_rate, board.standard_error)),
    isKnown: ({ board }) => board !== null,
  },
  {
    column: number('same length', 3),
    text: ({ board }) => (board === null ? '' : lengthControlled(board)),
    isKnown: ({ board }) => board?.length_controlled_winrate != null,
  },
  {
    column: number('rating', 4),
    text: ({ rating }) => (rating === null ? '' : rating.plain.value.toFixed(0)),
    isKnown: ({ rating }) => rating !== null,
  },
  {
    column: number('$/prompt'),
    text: (contestant) => (contestant.role === 'given' ? '' : promptCost(contestant, contestant.cost_source)),
    isKnown: ({ role }) => role !== 'given',
  },
  {
    column: number('first token', 1),
    text: ({ first_token_ms }) => median(first_token_ms),
    isKnown: ({ first_token_ms }) => first_token_ms !== null,
  },
  { column: number('took', 2), text: ({ duration_ms }) => median(duration_ms), isKnown: ({ duration_ms }) => duration_ms !== null },
  {
    column: number('failed', 6),
    text: ({ failed }) => failed.toLocaleString('en-US'),
    isKnown: ({ failed }) => failed > 0,
  },
  {
    column: number('not asked', 6),
    text: ({ missing }) => missing.toLocaleString('en-US'),
    isKnown: ({ missing }) => missing > 0,
  },
];

/** What the titles of columns have no room for. */
const NOTES: readonly { title: string; note: string }[] = [
  { title: 'wins', note: 'wins: with their standard error' },
  { title: 'same length', note: "same length: wins as if answers were equally long, ? where that can't be told" },
  { title: 'rating', note: 'rating: Bradley-Terry, mean 1000' },
  { title: 'first token', note: 'first token, took: medians' },
];

/** One line about the columns that `heading`, the table's first line, has; none where they speak for themselves. */
export function columnNotes(heading: string): string[] {
  const notes = NOTES.filter(({ title }) => heading.includes(title)).map(({ note }) => note);
  return notes.length === 0 ? [] : [notes.join('; ')];
}

/** Everybody, the best first, with what is known of them. */
export function contestantsTable({ contestants }: EvalReport, style: Style): Table {
  const fields = FIELDS.filter(({ isKnown }) => isKnown === undefined || contestants.some(isKnown));
  return {
    columns: fields.map(({ column }) => column),
    rows: contestants.map((contestant) =>
      fields.map(({ text }, index): Cell => ({ text: text(contestant), ...(index === 0 ? { paint: style.cyan } : {}) })),
    ),
  };
}

function lengthControlled({ length_controlled_winrate, lc_standard_error }: BoardLine): string {
  return length_controlled_winrate === null ? '?' : rate(length_controlled_winrate, lc_standard_error);
}

/** Wins are against the baseline, which has none itself. */
function nameOf({ name, is_baseline }: ContestantReport): string {
  return `${oneLine(name)}${is_baseline ? ' *' : ''}`;
}

import type { BoardLine, EvalReport } from '../../../core/eval/report.js';

/** Columns of AlpacaEval's leaderboard.csv that can be worked out, in its order. */
const COLUMNS = [
  'win_rate',
  'standard_error',
  'n_wins',
  'n_wins_base',
  'n_draws',
  'n_total',
  'discrete_win_rate',
  'avg_length',
  'length_controlled_winrate',
  'lc_standard_error',
] as const satisfies readonly (keyof BoardLine)[];

/** RFC 4180: a header, a record for each contestant that is compared with the baseline, lines that end in CR LF. */
export function boardCsv({ contestants }: EvalReport): string {
  const records = contestants.flatMap(({ name, board }) =>
    board === null ? [] : [[textField(name), ...COLUMNS.map((column) => number(board[column]))]],
  );
  return [['name', ...COLUMNS], ...records].map((record) => `${record.join(',')}\r\n`).join('');
}

/** A name that a spreadsheet would take for a formula gets an apostrophe before it: names come from files. */
function textField(text: string): string {
  const safe = /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** With all digits, as the board has them; nothing where it is unknown. */
function number(value: number | null): string {
  return value === null ? '' : String(value);
}

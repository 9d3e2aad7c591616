import type { CostGroup, CostRow } from '../../../core/history.js';

const NUMBERS = ['runs', 'calls', 'input_tokens', 'output_tokens', 'cost_usd', 'estimated_usd', 'unpriced_calls'] as const;

/** RFC 4180: a header, a record for each group, lines that end in CR LF. */
export function costCsv(by: CostGroup, rows: readonly CostRow[]): string {
  const records = rows.map((row) => [textField(row.key), ...NUMBERS.map((name) => plainNumber(row[name]))]);
  return [[by, ...NUMBERS], ...records].map((record) => `${record.join(',')}\r\n`).join('');
}

/** A name that a spreadsheet would take for a formula gets an apostrophe before it: clients of the gateway choose names of models. */
function textField(text: string): string {
  const safe = /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Never with an exponent. */
function plainNumber(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(10).replace(/\.?0+$/, '');
}

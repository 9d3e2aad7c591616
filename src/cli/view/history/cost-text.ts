import type { BudgetLeft } from '../../../app/budgets/budgets-left.js';
import type { CostGroup, CostRow } from '../../../core/history.js';
import { formatCount, formatLeast, formatUsd } from '../price.js';
import { oneLine } from '../sanitize.js';
import type { Screen } from '../screen.js';
import { styleOf } from '../style.js';
import { type Cell, type Column, tableLines, wrapped } from '../table.js';
import { counted } from '../words.js';
import { bar } from './bar.js';
import type { CostTotal } from './cost-total.js';

export interface Costs {
  by: CostGroup;
  since: Date | null;
  rows: readonly CostRow[];
  total: CostTotal;
}

/** Bars are drawn in so many columns. */
const BAR = 24;

/** The total in a sentence, what is left of budgets, and a table of the groups; on a terminal with a bar for each. */
export function costText({ by, since, rows, total }: Costs, budgets: readonly BudgetLeft[], { columns, color, draws }: Screen): string {
  const style = styleOf(color);
  const dearest = rows.reduce((most, { cost_usd }) => Math.max(most, cost_usd), 0);
  const cells = (row: CostRow): Cell[] => [
    { text: oneLine(row.key), paint: style.cyan },
    { text: costCell(row) },
    { text: String(row.runs) },
    { text: String(row.calls) },
    { text: formatCount(row.input_tokens) },
    { text: formatCount(row.output_tokens) },
    ...(columns === null ? [] : [{ text: bar(row.cost_usd / (dearest || 1), BAR, draws), paint: style.green }]),
  ];
  const table = tableLines(columnsOf(by, columns !== null), rows.map(cells), { width: columns, head: style.dim });
  return `${[...headLines(total, since, budgets, columns), '', ...table].join('\n')}\n`;
}

function columnsOf(by: CostGroup, hasBars: boolean): Column[] {
  return [
    { title: by, least: 10 },
    { title: 'cost', align: 'right' },
    { title: 'runs', align: 'right' },
    { title: 'calls', align: 'right' },
    { title: 'read', align: 'right', spare: 2 },
    { title: 'written', align: 'right', spare: 3 },
    ...(hasBars ? [{ title: '', spare: 1 }] : []),
  ];
}

function costCell({ cost_usd, estimated_usd, unpriced_calls }: CostRow): string {
  if (unpriced_calls > 0) return cost_usd === 0 ? '?' : `≥ ${formatUsd(cost_usd)}`;
  return `${estimated_usd > 0 ? '~' : ''}${formatUsd(cost_usd)}`;
}

function headLines(total: CostTotal, since: Date | null, budgets: readonly BudgetLeft[], columns: number | null): string[] {
  const when = since === null ? '' : ` since ${dateText(since)}`;
  const lines = [totalSentence(total, when)];
  if (total.estimated_usd > 0)
    lines.push(`${formatUsd(total.estimated_usd)} of it is estimated, for calls that were cut: they cost at most that`);
  for (const { name, left } of budgets) lines.push(`${formatLeast(left)} left of ${name}`);
  return columns === null ? lines : lines.flatMap((line) => wrapped(line, columns));
}

/** `$0.42 for 37 calls in 12 runs since 2026-01-31, and 3 calls of unknown price` */
function totalSentence({ runs, calls, cost_usd, unpriced_calls }: CostTotal, when: string): string {
  const where = `in ${counted(runs, 'run')}${when}`;
  const priced = calls - unpriced_calls;
  if (unpriced_calls === 0) return `${formatUsd(cost_usd)} for ${counted(calls, 'call')} ${where}`;
  const unpriced = `${counted(unpriced_calls, 'call')} of unknown price`;
  if (priced > 0) return `${formatUsd(cost_usd)} for ${counted(priced, 'call')} ${where}, and ${unpriced}`;
  return cost_usd > 0 ? `at least ${formatUsd(cost_usd)} for ${unpriced} ${where}` : `${unpriced} ${where}`;
}

/** In UTC, as days are. */
function dateText(date: Date): string {
  const [day = '', time = ''] = date.toISOString().split('T');
  return time.startsWith('00:00:00') ? day : `${day} ${time.slice(0, 5)} UTC`;
}

import type { EvalQuote, EvalQuoteLine } from '../../../app/eval/evaluation.js';
import type { Bounds } from '../../../core/quote.js';
import { formatLeast, formatTokenBounds, formatUsdBounds, formatUsdEach } from '../price.js';
import { oneLine } from '../sanitize.js';
import type { Screen } from '../screen.js';
import { styleOf } from '../style.js';
import { type Cell, type Column, tableLines, wrapped } from '../table.js';
import { counted } from '../words.js';
import { shortNames } from './short-names.js';

/** `will ask 4 contestants 50 prompts: 210 to 260 calls, $0.40 to $2.10, cap $10.00, 120 of 200 answers are kept from before` */
export function quoteLine(quote: EvalQuote): string {
  const contestants = quote.lines.filter(({ role }) => role !== 'judge').length;
  const calls = sumOf(quote.lines.map((line) => line.calls));
  const parts = [
    `will ask ${counted(contestants, 'contestant')} ${counted(quote.prompts, 'prompt')}: ${formatTokenBounds(calls)} ${calls.high === 1 ? 'call' : 'calls'}`,
    priceText(quote),
    `cap ${formatUsdEach(quote.max_cost)}`,
    ...keptText(quote),
  ];
  return parts.join(', ');
}

/** Answers, and what judges have made of them, apart. */
function keptText({ lines }: EvalQuote): string[] {
  const kept = [true, false].flatMap((isAnswers) => {
    const counted = lines.filter(({ role }) => (role !== 'judge') === isAnswers);
    const [some, all] = [counted.reduce((sum, line) => sum + line.kept, 0), runsOf(counted)];
    return some === 0
      ? []
      : [`${some.toLocaleString('en-US')} of ${all.toLocaleString('en-US')} ${isAnswers ? 'answers' : 'looks of judges'}`];
  });
  return kept.length === 0 ? [] : [`${kept.join(' and ')} are kept from before`];
}

/** What would be asked and cost, for reading. */
export function quoteText(quote: EvalQuote, { columns, color }: Screen): string {
  const style = styleOf(color);
  const rows = [...quote.lines.map((line) => cellsOf(line, style.cyan)), totalCells(quote)];
  const lines = [
    `${counted(quote.prompts, 'prompt')}; nobody was asked`,
    '',
    ...tableLines(COLUMNS, rows, { width: columns, head: style.dim }),
    '',
    ...[`the cap would be ${formatUsdEach(quote.max_cost)}`, ...unpricedLines(quote)].flatMap((line) =>
      columns === null ? [line] : wrapped(line, columns),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

const COLUMNS: readonly Column[] = [
  { title: 'who', least: 16, shorten: shortNames },
  { title: 'as', spare: 1 },
  { title: 'asked', align: 'right' },
  { title: 'kept', align: 'right', spare: 2 },
  { title: 'calls', align: 'right' },
  { title: 'cost', align: 'right' },
];

function cellsOf({ name, role, runs, kept, calls, usd }: EvalQuoteLine, paint: (text: string) => string): Cell[] {
  return [
    { text: oneLine(name), paint },
    { text: role },
    { text: (runs - kept).toLocaleString('en-US') },
    { text: kept.toLocaleString('en-US') },
    { text: formatTokenBounds(calls) },
    { text: usd === null ? '?' : formatUsdBounds(usd) },
  ];
}

function totalCells(quote: EvalQuote): Cell[] {
  const { lines, usd } = quote;
  const kept = lines.reduce((sum, line) => sum + line.kept, 0);
  const cells = cellsOf(
    { name: 'in total', role: 'judge', runs: runsOf(lines), kept, calls: sumOf(lines.map((line) => line.calls)), usd },
    same,
  );
  return cells.map((cell, index) => (index === 1 ? { text: '' } : cell));
}

function same(text: string): string {
  return text;
}

function runsOf(lines: EvalQuote['lines']): number {
  return lines.reduce((sum, { runs }) => sum + runs, 0);
}

function sumOf(bounds: readonly Bounds[]): Bounds {
  return bounds.reduce((sum, { low, high }) => ({ low: sum.low + low, high: sum.high + high }), { low: 0, high: 0 });
}

/** What is known of the price: that of lines without a price is left out, which `at least` says. */
function priceText({ usd, lines }: EvalQuote): string {
  if (usd !== null) return formatUsdBounds(usd);
  const known = lines.reduce((sum, line) => sum + (line.usd?.low ?? 0), 0);
  return known > 0 ? `at least ${formatLeast(known)}` : 'price unknown';
}

function unpricedLines({ unpriced }: EvalQuote): string[] {
  return unpriced.length === 0
    ? []
    : [`no price known for ${unpriced.map(oneLine).join(', ')}: \`pricing:\` in the configuration sets one`];
}

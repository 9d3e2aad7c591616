import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import { inlineText } from './inline-tokens.js';
import type { Parser, Token } from './parser.js';
import { Styles } from './sgr.js';

type Align = 'left' | 'right' | 'center';

interface Table {
  head: string[];
  aligns: Align[];
  rows: string[][];
}

/** The narrowest column that text is wrapped in; a table that needs narrower ones is shown row by row. */
const NARROWEST = 8;
const GAP = ' │ ';

/** The rows of a table that is shown in one or several parts, all with the widths of the first. */
export class TableView {
  readonly #parser: Parser;
  readonly #color: boolean;
  readonly #columns: number;
  #widths: number[] | null = null;
  #isFirst = true;

  /** `columns`: how wide it may get. */
  constructor(parser: Parser, color: boolean, columns: number) {
    this.#parser = parser;
    this.#color = color;
    this.#columns = columns;
  }

  /** `source`: its head, its delimiters and the rows that were not shown yet. */
  lines(source: readonly string[]): string[] {
    const table = this.#read(source.join('\n'));
    this.#widths ??= columnWidths(table, this.#columns);
    const widths = this.#widths;
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    if (widths.length === 0) return this.#records(table, isFirst);
    const rule = widths.map((width) => '─'.repeat(width)).join('─┼─');
    const head = isFirst ? [...gridRow(table.head, widths, table.aligns), rule] : [];
    return [...head, ...table.rows.flatMap((row) => gridRow(row, widths, table.aligns))];
  }

  #read(source: string): Table {
    const table: Table = { head: [], aligns: [], rows: [] };
    let row: string[] = table.head;
    let isHead = false;
    for (const token of this.#parser.blocks(source)) {
      if (token.type === 'thead_open') isHead = true;
      else if (token.type === 'thead_close') isHead = false;
      else if (token.type === 'tr_open' && !isHead) {
        row = [];
        table.rows.push(row);
      } else if (token.type === 'th_open') table.aligns.push(alignOf(token));
      else if (token.type === 'inline') row.push(this.#cell(token, isHead));
    }
    return table;
  }

  #cell(token: Token, isHead: boolean): string {
    const styles = new Styles(this.#color);
    const text = inlineText(token.children ?? [], { styles, color: this.#color, margin: '' });
    return (isHead ? new Styles(this.#color).in('strong', text) : text).trim();
  }

  /** For a narrow terminal: each row as lines of its own, `head: cell`. */
  #records(table: Table, isFirst: boolean): string[] {
    const heads = isFirst && table.rows.length === 0 ? [table.head.join(', ')] : [];
    const records = table.rows.map((row) => row.flatMap((cell, column) => (cell === '' ? [] : [label(table.head[column] ?? '', cell)])));
    return [...heads, ...records.flatMap((record, index) => (index === 0 && isFirst ? record : ['', ...record]))];
  }
}

function label(head: string, cell: string): string {
  return head === '' ? cell : `${head}: ${cell}`;
}

function alignOf(token: Token): Align {
  const align = /text-align:(right|center)/.exec(String(token.attrGet('style')))?.[1];
  return align === 'right' || align === 'center' ? align : 'left';
}

/** Empty when the columns do not fit. */
function columnWidths({ head, rows }: Table, columns: number): number[] {
  const widths = head.map((_, column) => Math.max(1, ...[head, ...rows].map((row) => stringWidth(row[column] ?? ''))));
  const available = columns - GAP.length * (widths.length - 1);
  const narrowest = widths.reduce((sum, width) => sum + Math.min(width, NARROWEST), 0);
  if (narrowest > available) return [];
  // The widest columns give way first.
  let limit = Math.max(...widths);
  const sum = () => widths.reduce((total, width) => total + Math.min(width, limit), 0);
  while (sum() > available) limit--;
  return widths.map((width) => Math.min(width, limit));
}

function gridRow(row: readonly string[], widths: readonly number[], aligns: readonly Align[]): string[] {
  const cells = widths.map((width, column) => wrapCell(row[column] ?? '', width));
  const height = Math.max(...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, index) =>
    widths
      .map((width, column) => padded(cells[column]?.[index] ?? '', width, aligns[column] ?? 'left'))
      .join(GAP)
      .trimEnd(),
  );
}

function wrapCell(text: string, width: number): string[] {
  return stringWidth(text) <= width ? [text] : wrapAnsi(text, width, { hard: true }).split('\n');
}

function padded(text: string, width: number, align: Align): string {
  const free = Math.max(0, width - stringWidth(text));
  const left = align === 'right' ? free : align === 'center' ? Math.floor(free / 2) : 0;
  return `${' '.repeat(left)}${text}${' '.repeat(free - left)}`;
}

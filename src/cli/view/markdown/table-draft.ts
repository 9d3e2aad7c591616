import { BOUNDS } from './bounds.js';
import type { Parser } from './parser.js';
import type { TableView } from './table.js';

/** What a row costs beside its text. */
const ROW_SIZE = 64;

/** A line that may be the head of a table, and when it is, its rows that were not shown yet. */
export class TableDraft {
  readonly head: string;
  readonly #parser: Parser;
  #view: TableView | null = null;
  #delimiters: string | null = null;
  #rows: string[] = [];
  #size = 0;

  constructor(head: string, parser: Parser) {
    this.head = head;
    this.#parser = parser;
  }

  /** Known to be a table. */
  get isSure(): boolean {
    return this.#delimiters !== null;
  }

  /** Has as many rows as may be held back. */
  get isFull(): boolean {
    return this.#size >= BOUNDS.table;
  }

  /** False when the line is no row of this table. */
  take(line: string): boolean {
    if (this.#delimiters === null) {
      if (!beginsTable(this.head, line, this.#parser)) return false;
      this.#delimiters = line;
      return true;
    }
    // A cell without a head would not be shown.
    if (cells(line) > cells(this.head)) return false;
    this.#rows.push(line);
    this.#size += line.length + ROW_SIZE;
    return true;
  }

  /** The rows that were not shown yet, and at first the head; `room`: columns for them. */
  lines(View: typeof TableView | null, color: boolean, room: number): string[] {
    if (View) this.#view ??= new View(this.#parser, color, room);
    const source = [this.head, this.#delimiters ?? '', ...this.#rows];
    this.#rows = [];
    this.#size = 0;
    return this.#view?.lines(source) ?? source;
  }
}

/** Whether two lines begin a table. */
function beginsTable(head: string, delimiters: string, parser: Parser): boolean {
  return /^[|:\- \t]+$/.test(delimiters) && parser.blocks(`${head}\n${delimiters}`)[0]?.type === 'table_open';
}

function cells(row: string): number {
  return (
    (row
      .trim()
      .replace(/^\||\|$/g, '')
      .match(/(?<!\\)\|/g)?.length ?? 0) + 1
  );
}

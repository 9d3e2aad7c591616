import { Sanitizer } from '../sanitize.js';
import { BOUNDS } from './bounds.js';
import { type CodeLook, FencedCode } from './fenced-code.js';
import { Heading } from './heading.js';
import { InlineStream } from './inline-stream.js';
import { type Known, type LineStart, readLineStart } from './line-start.js';
import { Page } from './page.js';
import { createParser, type Parser } from './parser.js';
import type { Parts } from './parts.js';
import { Styles } from './sgr.js';
import { TableDraft } from './table-draft.js';

export interface MarkdownOptions {
  color: boolean;
  /** Columns of the terminal at this moment; 0 when it does not know. */
  columns: () => number;
  /** What is null is asked for when a text needs it, see {@link MarkdownStream.wants}. */
  parts: Parts;
}

/** Where in a line the reader is; `held`: only its end decides what it is, `plain`: the rest of a line that is shown as it is. */
type Place = { kind: 'start' | 'held' | 'plain' } | { kind: 'text'; text: InlineStream | Heading };

const START: Place = { kind: 'start' };

/**
 * Markdown in pieces in, text for a terminal out. It only ever appends: nothing that went out is changed later, lines are
 * left to the terminal to wrap. What goes out does not depend on how the text was cut. Control sequences are taken out of it.
 */
export class MarkdownStream {
  readonly #options: MarkdownOptions;
  readonly #sanitizer = new Sanitizer();
  readonly #parser: Parser = createParser();
  readonly #styles: Styles;
  readonly #page: Page;
  readonly #codeLook: CodeLook;
  #input = '';
  #place: Place = START;
  /** What is there of a line that is not decided. */
  #line = '';
  #paragraph: InlineStream | null = null;
  #fenced: FencedCode | null = null;
  #table: TableDraft | null = null;

  constructor(options: MarkdownOptions) {
    const { color, parts } = options;
    this.#options = options;
    this.#styles = new Styles(color);
    this.#page = new Page(this.#styles);
    this.#codeLook = { page: this.#page, styles: this.#styles, color, parts, budget: { highlighted: 0 } };
  }

  /** The part without which it reads no further: put it into `parts`, then {@link resume}. */
  get wants(): keyof Parts | null {
    if (this.#fenced?.wantsHighlight) return 'highlight';
    return this.#table?.isSure && this.#options.parts.tables === null ? 'tables' : null;
  }

  push(text: string): string {
    this.#input += this.#sanitizer.push(text);
    return this.resume();
  }

  resume(): string {
    // Half a character waits for its other half.
    this.#read(/[\ud800-\udbff]$/.test(this.#input.slice(-1)) ? this.#input.length - 1 : this.#input.length);
    return this.#page.taken();
  }

  /** The text is at its end; call it when nothing is wanted. */
  finish(): string {
    this.#read(this.#input.length);
    if (this.#line !== '') this.#endLine();
    this.#endTable();
    this.#endHeading();
    this.#endParagraph();
    return this.#page.taken();
  }

  #read(end: number): void {
    const input = this.#input;
    let at = 0;
    while (at < end && this.wants === null) at = this.#step(input, at, end);
    this.#input = input.slice(at);
  }

  /** Reads on to the end of the line, or as far as one decision reaches. Returns where it stopped. */
  #step(input: string, at: number, end: number): number {
    const { kind } = this.#place;
    if (kind === 'start' && !this.#fenced) return this.#stepAtStart(input[at] ?? '', at);
    const isWhole = kind === 'start' || kind === 'held';
    const bound = (this.#fenced ? BOUNDS.codeLine : BOUNDS.row) - this.#line.length;
    const newline = input.indexOf('\n', at);
    const lineEnd = newline === -1 ? end : Math.min(newline, end);
    const stop = isWhole ? Math.min(lineEnd, at + bound) : lineEnd;
    const piece = input.slice(at, stop);
    if (this.#place.kind === 'text') this.#page.add(this.#place.text.push(piece));
    else if (isWhole) this.#line += piece;
    else this.#page.add(piece);
    if (stop === newline) {
      this.#endLine();
      return stop + 1;
    }
    if (isWhole && stop === at + bound) this.#decide('bound');
    return stop;
  }

  #stepAtStart(char: string, at: number): number {
    const isBlank = char === ' ' || char === '\t';
    const isFull = this.#line.length >= BOUNDS.lineStart;
    if (char === '\n') this.#endLine();
    else if (!isBlank || !isFull) this.#line += char;
    if (char !== '\n' && !isBlank) this.#decide(isFull ? 'bound' : 'more');
    return at + 1;
  }

  #endLine(): void {
    if (this.#place.kind === 'start' || this.#place.kind === 'held') this.#decide('end');
    this.#endHeading();
    this.#place = START;
    this.#line = '';
  }

  #decide(known: Known): void {
    if (this.#fenced && this.#takeCode(this.#fenced, known)) return;
    const inParagraph = this.#paragraph !== null || this.#table?.isSure === false;
    const start = readLineStart(this.#line, known, this.#page.open, inParagraph);
    if (start === 'next') return;
    if (start === 'line') {
      this.#place = { kind: 'held' };
      return;
    }
    this.#line = '';
    if (this.#table && !this.#takeRow(this.#table, start)) this.#endTable();
    this.#place = { kind: 'plain' };
    if (!this.#table) this.#begin(start);
  }

  #takeCode(fenced: FencedCode, known: Known): boolean {
    const end = fenced.take(this.#line, known);
    if (end !== 'taken') this.#fenced = null;
    if (end === 'outside') return false;
    this.#line = '';
    this.#place = { kind: 'plain' };
    return true;
  }

  #takeRow(table: TableDraft, start: LineStart): boolean {
    if (start.leaf.kind !== 'row' || !isWithin(start, this.#page) || !table.take(start.leaf.text)) return false;
    if (table.isFull) this.#show(table);
    return true;
  }

  #begin(start: LineStart): void {
    const { leaf } = start;
    // A row may turn out to be text of the same paragraph.
    const goesOn = (leaf.kind === 'text' || leaf.kind === 'row') && (start.isLazy || isWithin(start, this.#page));
    if (!goesOn && leaf.kind !== 'blank') this.#enter(start);
    if (leaf.kind === 'blank') this.#blank(start);
    else if (leaf.kind === 'text') this.#text(leaf.text);
    else if (leaf.kind === 'row') this.#table = new TableDraft(leaf.text, this.#parser);
    else if (leaf.kind === 'heading') this.#heading(leaf.level, leaf.text);
    else if (leaf.kind === 'fence') this.#fenced = new FencedCode(leaf.fence, leaf.info, this.#codeLook);
    else if (leaf.kind === 'rule') this.#rule();
    else this.#code(leaf.text);
  }

  /** Other blocks are around what follows. */
  #enter(start: LineStart): void {
    this.#endParagraph();
    this.#page.enter(start);
  }

  #blank(start: LineStart): void {
    this.#endParagraph();
    if (!isWithin(start, this.#page)) this.#page.enter(start);
    if (this.#page.beginsItem) this.#page.showMarks();
    else this.#page.leaveGap();
  }

  #text(text: string): void {
    if (this.#paragraph) this.#page.add(this.#paragraph.push('\n'));
    else {
      const mayBeTask = this.#page.beginsItem;
      this.#page.startLine();
      this.#paragraph = this.#inline(this.#page.margin, mayBeTask);
    }
    this.#page.add(this.#paragraph.push(text));
    this.#place = { kind: 'text', text: this.#paragraph };
  }

  #heading(level: number, text: string): void {
    this.#page.startLine();
    this.#page.add(this.#styles.on(level === 1 ? 'title' : 'heading'));
    if (!this.#options.color) this.#page.add(`${'#'.repeat(level)} `);
    const heading = new Heading(this.#inline('', false), this.#styles);
    this.#page.add(heading.push(text));
    this.#place = { kind: 'text', text: heading };
  }

  #inline(margin: string, mayBeTask: boolean): InlineStream {
    return new InlineStream(this.#parser, { styles: this.#styles, color: this.#options.color, margin }, mayBeTask);
  }

  #rule(): void {
    this.#page.startLine();
    this.#page.add(this.#styles.in('faint', '─'.repeat(Math.min(BOUNDS.rule, this.#columns()))));
  }

  #code(text: string): void {
    this.#page.startCodeLine();
    this.#page.add(this.#styles.in('code', text));
  }

  #show(table: TableDraft): void {
    this.#endParagraph();
    const room = this.#columns() - this.#page.marginWidth;
    for (const line of table.lines(this.#options.parts.tables, this.#options.color, room)) {
      this.#page.startLine();
      this.#page.add(line);
    }
  }

  #endTable(): void {
    const table = this.#table;
    this.#table = null;
    if (table?.isSure) this.#show(table);
    else if (table) this.#text(table.head);
  }

  #endHeading(): void {
    if (this.#place.kind === 'text' && this.#place.text !== this.#paragraph) this.#page.add(this.#place.text.finish());
    this.#place = START;
  }

  #endParagraph(): void {
    this.#page.add(this.#paragraph?.finish() ?? '');
    this.#paragraph = null;
  }

  #columns(): number {
    return this.#options.columns() || BOUNDS.columns;
  }
}

/** Whether a line belongs to the innermost open block. */
function isWithin({ matched, opened }: LineStart, { open }: Page): boolean {
  return matched === open.length && opened.length === 0;
}

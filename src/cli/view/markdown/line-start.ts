import { BOUNDS } from './bounds.js';

/** A block that holds others. `indent`: columns that a line of the item must be indented by; `marker`: as it was written. */
export type Container = { kind: 'quote' } | { kind: 'item'; indent: number; marker: string };

/** The block that a line begins or goes on with; `text` is what follows its mark. */
export type Leaf =
  | { kind: 'blank' | 'rule' | 'text' | 'code' | 'row'; text: string }
  | { kind: 'heading'; level: number; text: string }
  | { kind: 'fence'; fence: Fence; info: string };

export interface Fence {
  char: string;
  length: number;
  /** Columns in front of it. */
  indent: number;
}

/** What the beginning of a line says. */
export interface LineStart {
  /** How many of the open containers the line belongs to. */
  matched: number;
  opened: Container[];
  leaf: Leaf;
  /** Belongs to the open paragraph although it does not show the marks of its containers. */
  isLazy: boolean;
}

/** `next`: the next character can change it; `line`: only the end of the line decides. */
export type Undecided = 'next' | 'line';

/** `more`: the line goes on; `end`: it is whole; `bound`: it goes on, but has to be decided. */
export type Known = 'more' | 'end' | 'bound';

/** What a line begins with, by the rules of CommonMark. */
export function readLineStart(line: string, known: Known, open: readonly Container[], inParagraph: boolean): LineStart | Undecided {
  const { matched, rest } = matchContainers(line, open);
  const isOpenParagraph = inParagraph && matched === open.length;
  const opened: Container[] = [];
  let text = rest;
  for (;;) {
    if (isBlank(text)) {
      if (known === 'more') return 'next';
      return { matched, opened, leaf: { kind: 'blank', text: '' }, isLazy: false };
    }
    if (indentOf(text) >= 4) break;
    if (rule(text, known) !== 'no') break;
    if (matched + opened.length >= BOUNDS.depth) break;
    const next = openContainer(text, known, isOpenParagraph && opened.length === 0);
    if (next === 'undecided') return 'next';
    if (next === null) break;
    opened.push(next.container);
    text = next.rest;
  }
  const mayContinue = inParagraph && opened.length === 0;
  const leaf = readLeaf(text, known, mayContinue);
  if (leaf === 'next' || leaf === 'line') return leaf;
  return { matched, opened, leaf, isLazy: mayContinue && matched < open.length && leaf.kind === 'text' };
}

/** What is left of a line behind the marks of the containers that it belongs to. */
export function matchContainers(line: string, open: readonly Container[]): { matched: number; rest: string } {
  let rest = line;
  let matched = 0;
  for (const container of open) {
    if (container.kind === 'quote') {
      const text = rest.trimStart();
      if (!text.startsWith('>') || indentOf(rest) >= 4) break;
      rest = afterQuoteMark(text);
    } else if (isBlank(rest)) rest = '';
    else if (indentOf(rest) >= container.indent) rest = withoutIndent(rest, container.indent);
    else break;
    matched++;
  }
  return { matched, rest };
}

/** Takes away up to so many columns of white space. */
export function withoutIndent(text: string, columns: number): string {
  let column = 0;
  let at = 0;
  while (column < columns && (text[at] === ' ' || text[at] === '\t')) {
    column = text[at] === '\t' ? column + 4 - (column % 4) : column + 1;
    at++;
  }
  return ' '.repeat(Math.max(0, column - columns)) + text.slice(at);
}

/** Whether a line, without its containers, closes the fence. */
export function closesFence(line: string, { char, length }: Fence): boolean {
  const mark = line.trim();
  return indentOf(line) < 4 && mark.length >= length && mark === char.repeat(mark.length);
}

function openContainer(text: string, known: Known, inParagraph: boolean): { container: Container; rest: string } | 'undecided' | null {
  const line = text.trimStart();
  if (line.startsWith('>')) return { container: { kind: 'quote' }, rest: afterQuoteMark(line) };
  if (known === 'more' && /^([-+*]|\d{1,9}[.)]?)[ \t]*$/.test(line) && !/^\d+[ \t]/.test(line)) return 'undecided';
  const [, marker = ''] = /^([-+*]|\d{1,9}[.)])(?=[ \t]|$)/.exec(line) ?? [];
  if (marker === '') return null;
  const after = line.slice(marker.length);
  // Within a paragraph, a number at the beginning of a line is a number, unless it is the first of a list.
  if (inParagraph && (isBlank(after) || (/\d/.test(marker) && Number.parseInt(marker, 10) !== 1))) return null;
  const spaces = indentOf(after);
  const gap = isBlank(after) || spaces > 4 ? 1 : spaces;
  return {
    container: { kind: 'item', indent: indentOf(text) + marker.length + gap, marker },
    rest: withoutIndent(after, gap),
  };
}

function readLeaf(text: string, known: Known, mayContinue: boolean): Leaf | Undecided {
  const line = text.trimStart();
  if (indentOf(text) >= 4 && mayContinue) return { kind: 'text', text: line };
  if (indentOf(text) >= 4) return known === 'more' ? 'line' : { kind: 'code', text: withoutIndent(text, 4) };
  const asRule = rule(text, known);
  if (asRule !== 'no') return asRule === 'yes' ? { kind: 'rule', text: line } : 'next';
  const heading = /^(#{1,6})(?:[ \t]+|$)/.exec(line);
  if (heading) {
    const isKnown = known !== 'more' || heading[0].length < line.length;
    return isKnown ? { kind: 'heading', level: heading[1]?.length ?? 1, text: line.slice(heading[0].length) } : 'next';
  }
  if (known === 'more' && /^(`{1,2}|~{1,2})$/.test(line)) return 'next';
  const fence = /^(`{3,}(?=[^`]*$)|~{3,})/.exec(line)?.[0];
  if (fence !== undefined && known !== 'bound') {
    if (known === 'more') return 'line';
    const info = line.slice(fence.length).trim();
    return { kind: 'fence', fence: { char: fence[0] ?? '', length: fence.length, indent: indentOf(text) }, info };
  }
  if (line.startsWith('|') && known !== 'bound') return known === 'more' ? 'line' : { kind: 'row', text: line };
  return { kind: 'text', text: line };
}

function rule(text: string, known: Known): 'yes' | 'no' | 'undecided' {
  const line = text.trim();
  const char = line[0] ?? '';
  if (!'-*_'.includes(char) || !/^([-*_])(?:[ \t]*\1)*$/.test(line)) return 'no';
  if (known === 'more') return 'undecided';
  return known === 'end' && line.split(char).length > 3 ? 'yes' : 'no';
}

function afterQuoteMark(line: string): string {
  return withoutIndent(line.slice(1), 1);
}

function isBlank(text: string): boolean {
  return /^[ \t]*$/.test(text);
}

/** Columns of white space at the beginning. */
function indentOf(text: string): number {
  let columns = 0;
  for (const char of text) {
    if (char === ' ') columns++;
    else if (char === '\t') columns += 4 - (columns % 4);
    else break;
  }
  return columns;
}

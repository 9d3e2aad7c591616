import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';

export interface Column {
  /** Empty for a column that only adorns the others. */
  title: string;
  align?: 'right';
  /** Where there is little room its cells are cut, down to so many columns. */
  least?: number;
  /** How all of them are cut. @default each at its end */
  shorten?: (texts: readonly string[], width: number) => string[];
  /** Where that is not enough it is left out; the lowest number goes first. */
  spare?: number;
}

export interface Cell {
  /** One line without control characters. */
  text: string;
  /** Puts colour on what is shown of it. */
  paint?: (text: string) => string;
}

interface Laid {
  column: Column;
  width: number;
  index: number;
}

/** A column with what is shown in each of its rows. */
interface Shown extends Laid {
  texts: readonly string[];
}

const GAP = '  ';

/**
 * A table that fits `width` columns of a terminal, a heading above; null: any width.
 * Where it can't be made to fit, each row becomes a block of lines instead.
 */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  { width, head }: { width: number | null; head: (text: string) => string },
): string[] {
  const laid = layOut(columns, rows, width ?? Number.POSITIVE_INFINITY);
  if (laid === null) return rows.flatMap((row, place) => [...(place === 0 ? [] : ['']), ...block(columns, row, width ?? 1)]);
  const shown = laid.map((each): Shown => ({ ...each, texts: textsOf(each, rows) }));
  const titles = columns.map(({ title }) => ({ text: title, paint: head }));
  const heading = laid.map((each): Shown => ({ ...each, texts: [cut(each.column.title, each.width)] }));
  return [line(titles, heading, 0), ...rows.map((row, place) => line(row, shown, place))];
}

function layOut(columns: readonly Column[], rows: readonly (readonly Cell[])[], room: number): Laid[] | null {
  const natural = ({ title }: Column, index: number) =>
    rows.reduce((most, row) => Math.max(most, stringWidth(row[index]?.text ?? '')), stringWidth(title));
  const laid = columns.map((column, index): Laid => ({ column, index, width: natural(column, index) }));
  for (;;) {
    shrink(laid, room);
    if (widthOf(laid) <= room) return laid;
    const spare = laid.filter(({ column }) => column.spare !== undefined);
    if (spare.length === 0) return null;
    const first = spare.reduce((a, b) => ((b.column.spare ?? 0) < (a.column.spare ?? 0) ? b : a));
    laid.splice(laid.indexOf(first), 1);
    for (const each of laid) each.width = natural(each.column, each.index);
  }
}

function widthOf(laid: readonly Laid[]): number {
  return laid.reduce((sum, { width }) => sum + width, GAP.length * (laid.length - 1));
}

/** Takes from the widest of those that may be cut. */
function shrink(laid: readonly Laid[], room: number): void {
  const canGive = ({ column, width }: Laid) => column.least !== undefined && width > Math.max(column.least, stringWidth(column.title));
  for (let over = widthOf(laid) - room; over > 0; over -= 1) {
    const givers = laid.filter(canGive);
    if (givers.length === 0) return;
    givers.reduce((a, b) => (b.width > a.width ? b : a)).width -= 1;
  }
}

function textsOf({ column, width, index }: Laid, rows: readonly (readonly Cell[])[]): string[] {
  const texts = rows.map((row) => row[index]?.text ?? '');
  return column.shorten ? column.shorten(texts, width) : texts.map((text) => cut(text, width));
}

/** @param place of the row among those that `columns` know */
function line(row: readonly Cell[], columns: readonly Shown[], place: number): string {
  return columns
    .map(({ column, width, index, texts }, at) => {
      const paint = row[index]?.paint ?? same;
      const shown = texts[place] ?? '';
      const space = ' '.repeat(Math.max(0, width - stringWidth(shown)));
      const isLast = at === columns.length - 1;
      return column.align === 'right' ? space + paint(shown) : paint(shown) + (isLast ? '' : space);
    })
    .join(GAP)
    .trimEnd();
}

function block(columns: readonly Column[], row: readonly Cell[], width: number): string[] {
  return row.flatMap(({ text, paint = same }, index) => {
    const title = columns[index]?.title ?? '';
    if (text === '' || title === '') return [];
    return wrapped(index === 0 ? text : `${title}: ${text}`, width).map(paint);
  });
}

function same(text: string): string {
  return text;
}

/** The beginning of a line, not wider than `width`; what was cut off is marked. */
export function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let kept = '';
  let used = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    used += stringWidth(segment);
    if (used > width - 1) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}

/** A line as lines that are not wider, broken between words where that is possible. */
export function wrapped(text: string, width: number): string[] {
  return wrapAnsi(text, width, { hard: true }).split('\n');
}

/**
 * How much may be held back or looked at again: what is longer goes out as it is. They keep the work for each character
 * bounded, whatever a model writes. All in UTF-16 units but where another unit is named.
 */
export const BOUNDS = {
  /** An open `**`, `_`, code span or tag. */
  span: 400,
  /** An open `[`: addresses are long. */
  link: 1_000,
  /** How often one open span is parsed to see whether it is closed. */
  spanLooks: 30,
  /** The beginning of a line that is not known to be text yet. */
  lineStart: 400,
  /** Quotes and list items in each other; deeper marks are text. */
  depth: 16,
  /** One line of code; a longer one goes out in pieces, without colours. */
  codeLine: 4_000,
  /** One row of a table. */
  row: 8_000,
  /** All rows of a table; the rest is drawn with the same column widths. */
  table: 64_000,
  /** Code above a line that is highlighted again with it. */
  codeContext: 4_000,
  /** Code that is highlighted in all, repeats included; a block after that has one colour. */
  highlighted: 8_000_000,
  /** Columns of a terminal of unknown width. */
  columns: 80,
  /** Columns of a rule. */
  rule: 40,
} as const;

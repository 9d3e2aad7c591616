import { createHighlight } from './highlight.js';
import { MarkdownStream } from './stream.js';
import { TableView } from './table.js';

/** A whole text as a terminal of so many columns shows it, its last line closed. */
export function renderMarkdown(text: string, { color, columns }: { color: boolean; columns: number }): string {
  const stream = new MarkdownStream({
    color,
    columns: () => columns,
    parts: { highlight: color ? createHighlight() : null, tables: TableView },
  });
  const shown = stream.push(text) + stream.finish();
  return shown === '' || shown.endsWith('\n') ? shown : `${shown}\n`;
}

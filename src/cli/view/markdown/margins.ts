import type { Container } from './line-start.js';
import type { Styles } from './sgr.js';

/** What stands in front of a line's text: bars of quotes, marks of list items. The last `fresh` containers begin with this line. */
export function margin(open: readonly Container[], fresh: number, styles: Styles): string {
  return open.map((container, index) => (index < open.length - fresh ? later(container, styles) : first(container, styles))).join('');
}

/** Columns of the margin. */
export function marginWidth(open: readonly Container[]): number {
  return open.reduce((sum, container) => sum + (container.kind === 'quote' ? 2 : mark(container.marker).length + 1), 0);
}

function first(container: Container, styles: Styles): string {
  return container.kind === 'quote' ? later(container, styles) : `${mark(container.marker)} `;
}

function later(container: Container, styles: Styles): string {
  return container.kind === 'quote' ? `${styles.in('faint', '│')} ` : ' '.repeat(mark(container.marker).length + 1);
}

function mark(marker: string): string {
  return /\d/.test(marker) ? marker : '•';
}

import type { Highlight } from './highlight.js';
import type { TableView } from './table.js';

/** What only some texts need, and is dear to load. */
export interface Parts {
  highlight: Highlight | null;
  tables: typeof TableView | null;
}

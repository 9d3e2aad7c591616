import { errorLine, toMomError } from '../../core/error.js';
import { openInBrowser } from '../history/browser.js';
import { withHistory } from '../history/open-history.js';
import { keepPage } from '../history/page-file.js';
import type { Asking } from './asking.js';

/** Shows the run as a page in the user's browser. What goes wrong is a warning. */
export async function openPage({ context, cancellation, messages }: Asking, id: string): Promise<void> {
  // Who pressed Ctrl-C wants to leave; the run can be looked at later.
  if (cancellation.received !== null) return;
  try {
    const run = await withHistory(context, (history) => history.find(id));
    const { runPage } = await import('../view/page/index.js');
    const path = keepPage(context, id, await runPage(run));
    const opened = await openInBrowser(path, context.env);
    if (opened.by === null) messages.warn(`the page could not be opened: ${opened.reason}; it is ${path}`);
    else if (context.stderrIsTTY) messages.note(`the page is ${path}`);
  } catch (error) {
    messages.warn(`there is no page of this run: ${reasonOf(error)}`);
  }
}

function reasonOf(error: unknown): string {
  const known = toMomError(error);
  return known.code === 'no_input' ? 'it is not in the history' : errorLine(known);
}

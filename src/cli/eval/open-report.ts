import { errorLine, toMomError } from '../../core/error.js';
import type { EvalReport } from '../../core/eval/report.js';
import { openInBrowser } from '../history/browser.js';
import { keepPage } from '../history/page-file.js';
import type { EvalSession } from './session.js';

/** Shows the report as a page in the user's browser. What goes wrong is a warning. */
export async function openReportPage({ context, messages }: Pick<EvalSession, 'context' | 'messages'>, report: EvalReport): Promise<void> {
  try {
    const { evalPage } = await import('../view/eval-page/index.js');
    const path = keepPage(context, report.id, await evalPage(report));
    const opened = await openInBrowser(path, context.env);
    if (opened.by === null) messages.warn(`the page could not be opened: ${opened.reason}; it is ${path}`);
    else if (context.stderrIsTTY) messages.note(`the page is ${path}`);
  } catch (error) {
    messages.warn(`there is no page of this report: ${errorLine(toMomError(error))}`);
  }
}

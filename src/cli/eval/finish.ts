import type { EvalRecords } from '../../app/eval/evaluation.js';
import { ERRORS, type ErrorCode, exitCode, type MomError, toMomError } from '../../core/error.js';
import type { EvalReport } from '../../core/eval/report.js';
import { type Exit, SUCCESS } from '../context.js';
import { jsonText } from '../output/json.js';
import { errorText } from '../report.js';
import { screenOf } from '../view/screen.js';
import { openReportPage } from './open-report.js';
import type { EvalSession } from './session.js';
import { type ReportFolder, writeReport } from './write-report.js';

/** What becomes of a report. */
interface Wanted {
  json?: boolean | undefined;
  open?: boolean | undefined;
  folder: ReportFolder | null;
  /** Null where only the report is there. */
  records: EvalRecords | null;
  /** The line with which a part becomes the whole. */
  goesOn?: string | null;
}

/** Prints the report, then writes and opens it where that is wanted, and says with what the process ends. */
export async function finish(session: EvalSession, report: EvalReport, wanted: Wanted): Promise<Exit> {
  const lost = await deliverReport(session, report, wanted);
  const { received } = session.cancellation;
  if (received !== null) return { signal: received };
  return lost === null ? partialExit(report) : { status: exitCode(lost.code) };
}

/** Why the report could not be written, which is told already; null where nothing went wrong. */
export async function deliverReport(session: EvalSession, report: EvalReport, wanted: Wanted): Promise<MomError | null> {
  const { json, open, folder, records, goesOn = null } = wanted;
  const { context, messages, cancellation } = session;
  const screen = screenOf(context);
  if (json) context.stdout.write(jsonText(report, screen));
  else context.stdout.write((await import('../view/eval/report-text.js')).reportText(news(report, session), screen, goesOn));
  const lost = folder === null ? null : await writeReport(folder, report, records).then(() => null, toMomError);
  if (lost !== null) messages.error(errorText(lost));
  else if (folder !== null) messages.note(`the report is in ${folder.name}`);
  // Who pressed Ctrl-C wants to leave; the report can be looked at later.
  if (open && cancellation.received === null) await openReportPage(session, report);
  return lost;
}

/** Who reads both streams on a terminal has read the warnings that came before. */
function news(report: EvalReport, { context, told }: EvalSession): EvalReport {
  return context.stdout.isTTY ? { ...report, warnings: report.warnings.filter(({ code }) => !told.has(code)) } : report;
}

/** A report on a part of what was wanted ends as a run that fails for the same reason does. */
export function partialExit({ partial }: EvalReport): Exit {
  if (partial === null) return SUCCESS;
  return { status: partial.code in ERRORS ? exitCode(partial.code as ErrorCode) : exitCode('no_answer') };
}

import type { EvalReport } from '../../../core/eval/report.js';
import { makeReport, type ReportInput } from '../../../eval/report/index.js';

/** The report on answers that were brought along: nobody knows how long they took. */
export function givenReport(input: ReportInput): EvalReport {
  const report = makeReport(input);
  return { ...report, contestants: report.contestants.map((contestant) => ({ ...contestant, first_token_ms: null, duration_ms: null })) };
}

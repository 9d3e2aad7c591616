import { messageText } from '../../core/message.js';
import type { CallRecord, RunRequest } from '../../core/run.js';
import type { RunContext } from '../context.js';
import { formOf } from '../plan/request-form.js';
import { type EditReport, searchReplaceReport } from './search-replace.js';
import { shownFiles } from './shown-files.js';
import { unifiedDiffReport } from './unified-diff.js';
import { wholeFilesReport } from './whole-files.js';

const SEARCH_REPLACE = /[<-]{3,9} SEARCH|SEARCH\/REPLACE/i;
const UNIFIED_DIFF = /\bdiff -U\d|\bunified diff/i;
const WHOLE_FILES = /\*file listing\*/i;

/**
 * Those of several answers that may be chosen: none that is cut off at its length and, where the conversation asks for
 * edits in a format, none whose edits can't be applied, as long as there is one that is better.
 */
export function applicable(ctx: RunContext, usable: readonly CallRecord[]): readonly CallRecord[] {
  const report = editReader(ctx.request);
  const looks = usable.map((record) => ({ record, ...report(record.text ?? '') }));
  const reasons = new Map<CallRecord, string>();
  const leaveOut = (record: CallRecord, why: string | null) => why !== null && reasons.set(record, why);
  const isCut = ({ finish_reason }: CallRecord) => finish_reason === 'length';
  if (!usable.every(isCut)) for (const record of usable.filter(isCut)) leaveOut(record, 'it is cut off at its length limit');
  const left = looks.filter(({ record }) => !reasons.has(record));
  if (left.some(({ edits, flaw }) => edits > 0 && flaw === null)) for (const { record, flaw } of left) leaveOut(record, flaw);
  if (reasons.size === 0) return usable;
  const told = [...reasons].map(([{ model }, why]) => `${model} (${why})`).join(', ');
  ctx.recorder.warn('proposals_left_out', `left out, as others can be used: ${told}`);
  return usable.filter((record) => !reasons.has(record));
}

/** Reads the edits of an answer in the format that the conversation asks for; none where it asks for none. */
export function editReader(request: Pick<RunRequest, 'messages' | 'tools' | 'format'>): (text: string) => EditReport {
  const nothing = { edits: 0, flaw: null };
  if (formOf(request).bound !== 'edit blocks') return () => nothing;
  const { messages } = request;
  const last = messages.findLast((message) => message.role === 'user');
  const rules = messages
    .filter((message) => message.role === 'system' || message.role === 'developer' || message === last)
    .map(messageText)
    .join('\n');
  const files = shownFiles(messages);
  if (SEARCH_REPLACE.test(rules)) return (text) => searchReplaceReport(text, files);
  if (UNIFIED_DIFF.test(rules)) return (text) => unifiedDiffReport(text, files);
  return WHOLE_FILES.test(rules) ? (text) => wholeFilesReport(text, rules, files) : () => nothing;
}

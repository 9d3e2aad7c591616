import { linesOf } from './lines.js';
import type { EditReport } from './search-replace.js';
import type { ShownFile } from './shown-files.js';

/** The fence that aider names in its rules for whole files: it stands in none of the files of the chat. */
const NAMED_FENCE = /^- Second line: opening (`{3,}|<\w+>)\s*$/m;
/** A comment in place of code that is left out, which would be all that is left of it. */
const LEFT_OUT =
  /^(?:#|\/\/|\/\*|<!--|--|;|%)\s*(?:\.{3}|…)\s*\(?(?:the |all )?(?:rest|remaining|existing|unchanged|previous|other|same)\b/i;

/** Counts the listings of whole files in an answer. @param rules what the conversation says of the format */
export function wholeFilesReport(text: string, rules: string, shown: readonly ShownFile[]): EditReport {
  const opening = NAMED_FENCE.exec(rules)?.[1] ?? '```';
  const closing = opening.replace('<', '</');
  const lines = linesOf(text);
  const fences = lines.filter((line) => line.startsWith(opening) || line.startsWith(closing)).length;
  const edits = Math.floor(fences / 2);
  if (fences % 2 === 1) return { edits, flaw: 'its last file is not closed' };
  const leftOut = lines.map((line) => line.trim()).find((line) => LEFT_OUT.test(line));
  const isNew = leftOut !== undefined && !shown.some((file) => file.lines.includes(leftOut));
  return { edits, flaw: isNew && edits > 0 ? 'a file is not whole' : null };
}

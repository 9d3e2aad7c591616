import { indexFrom, linesOf, solid } from './lines.js';
import type { EditReport } from './search-replace.js';
import { fileNamed, type ShownFile } from './shown-files.js';

interface Hunk {
  /** Null where nothing has named one. */
  file: string | null;
  removed: string[];
  added: string[];
  context: string[];
}

/**
 * Reads the hunks in fences of the language diff, as aider does, and looks whether what they take away stands in the
 * files that the conversation shows. A hunk for any other file is taken to fit.
 */
export function unifiedDiffReport(text: string, shown: readonly ShownFile[]): EditReport {
  const { hunks, flaw } = readDiffs(linesOf(text));
  return { edits: hunks.length, flaw: flaw ?? misfit(hunks, shown) };
}

function readDiffs(lines: readonly string[]): { hunks: Hunk[]; flaw: string | null } {
  const hunks: Hunk[] = [];
  for (let i = 0; i < lines.length; i++) {
    if (!lines[i]?.startsWith('```diff')) continue;
    const end = indexFrom(lines, i + 1, (line) => line.startsWith('```'));
    if (end < 0) return { hunks, flaw: 'the fence of a diff is not closed' };
    hunks.push(...hunksOf(lines.slice(i + 1, end), hunks.at(-1)?.file ?? null));
    i = end;
  }
  return { hunks, flaw: hunks.some(({ file }) => file === null) ? 'a diff names no file' : null };
}

/** @param before the file of the diff before, which holds on where this one names none */
function hunksOf(lines: readonly string[], before: string | null): Hunk[] {
  const hunks: Hunk[] = [];
  const begin = (file: string | null) => hunks.push({ file, removed: [], added: [], context: [] });
  begin(before);
  for (let i = 0; i < lines.length; i++) {
    const [line = '', next = ''] = lines.slice(i, i + 2);
    const hunk = hunks.at(-1);
    if (line.startsWith('--- ') && next.startsWith('+++ ')) {
      begin(pathOf(line, next));
      i += 1;
    } else if (line.startsWith('@')) begin(hunk?.file ?? null);
    else if (line.startsWith('-')) hunk?.removed.push(line.slice(1));
    else if (line.startsWith('+')) hunk?.added.push(line.slice(1));
    else hunk?.context.push(line.slice(1));
  }
  return hunks.filter(({ removed, added }) => removed.length + added.length > 0);
}

/** What the two lines that begin a file's diff name. */
function pathOf(before: string, after: string): string {
  const [from, to] = [before.slice(4).trim(), after.slice(4).trim()];
  return to.startsWith('b/') && (from.startsWith('a/') || from === '/dev/null') ? to.slice(2) : to;
}

/** Where a hunk stands is left to the tool that applies it; what it takes away must be there, and something of what is around it. */
function misfit(hunks: readonly Hunk[], shown: readonly ShownFile[]): string | null {
  const known = new Map(shown.map((file) => [file, new Set(file.lines)]));
  for (const [i, { file, removed, added, context }] of hunks.entries()) {
    const named = fileNamed(shown, file ?? '');
    const lines = named && known.get(named);
    if (!lines) continue;
    const before = solid([...removed, ...context]);
    const isThere = solid(removed).every((line) => lines.has(line)) && (before.length === 0 || before.some((line) => lines.has(line)));
    if (!isThere) return `what hunk ${i + 1} changes does not stand in ${named.name}`;
    for (const line of solid(added)) lines.add(line);
  }
  return null;
}

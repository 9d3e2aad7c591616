/** Lines without what ends them; every kind of line end counts. */
export function linesOf(text: string): string[] {
  return text.split(/\r\n|\r|\n/);
}

/** The first line from `from` on that passes; -1 where none does. */
export function indexFrom(lines: readonly string[], from: number, passes: (line: string) => boolean): number {
  for (let i = from; i < lines.length; i++) if (passes(lines[i] ?? '')) return i;
  return -1;
}

/** What is compared of lines: neither blank ones nor white space around them, as tools that apply edits forgive both. */
export function solid(lines: readonly string[]): string[] {
  return lines.map((line) => line.trim()).filter((line) => line !== '');
}

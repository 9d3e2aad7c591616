/** Opens a code fence that holds JSON, on its own line or with the JSON right behind it. */
const OPENING = /^(`{3,}|~{3,})(?:json[c5]?)?(?=[\s{[])/i;

/** A text without white space, a byte order mark and one code fence around it: what a model meant when it was asked for JSON alone. */
export function bare(text: string): string {
  const trimmed = text.trim();
  const [opening, marks] = OPENING.exec(trimmed) ?? [];
  if (opening === undefined || marks === undefined) return trimmed;
  const isClosed = trimmed.endsWith(marks) && trimmed.length >= opening.length + marks.length;
  return isClosed ? trimmed.slice(opening.length, -marks.length).trim() : trimmed;
}

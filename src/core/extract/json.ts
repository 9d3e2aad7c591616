const FENCED = /```(?:json\w*)?[^\S\n]*\n(.*?)```/gis;
/** What a search for bare values may read, in characters: hostile brackets must not take longer than any other text. */
const SEARCH_LIMIT = 2_000_000;
/** Deeper values are nobody's answer. */
const MAX_DEPTH = 200;

/** The last JSON value of a text, fenced or bare, in one canonical form: sorted keys, no white space. A bare number or string counts only as the whole text. */
export function extractJson(text: string): string | null {
  const whole = parse(text.trim());
  if (whole !== undefined) return canonical(whole);
  const fenced = [...text.matchAll(FENCED)].flatMap((block) => {
    const value = parse((block[1] ?? '').trim());
    return value === undefined ? [] : [{ end: block.index + block[0].length, value }];
  });
  const last = fenced.at(-1);
  const bare = lastBare(text, last?.end ?? 0) ?? last;
  return bare === undefined ? null : canonical(bare.value);
}

/** The last object or list that stands in a text from `from` on. `[1]` inside a sentence is a reference, not a value. */
function lastBare(text: string, from: number): { value: unknown } | undefined {
  let found: { value: unknown } | undefined;
  let read = 0;
  for (let at = from; at < text.length && read < SEARCH_LIMIT; at++) {
    if (text[at] !== '{' && text[at] !== '[') continue;
    const end = closing(text, at);
    read += (end ?? text.length) - at;
    if (end === null) continue;
    const value = parse(text.slice(at, end));
    if (value === undefined) continue;
    if (!isReference(text, at, value)) found = { value };
    at = end - 1;
  }
  return found;
}

function isReference(text: string, at: number, value: unknown): boolean {
  const startsLine = /(?:^|\n)[^\S\n]*$/.test(text.slice(Math.max(0, at - 40), at));
  return !startsLine && Array.isArray(value) && value.length <= 1 && typeof value[0] !== 'object';
}

/** Where the bracket that opens at `start` is closed, strings respected; null when it is not. */
function closing(text: string, start: number): number | null {
  let depth = 0;
  let inString = false;
  for (let i = start; i < text.length; i++) {
    const char = text[i];
    if (inString) {
      if (char === '\\') i++;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '{' || char === '[') depth++;
    else if (char === '}' || char === ']') {
      depth--;
      if (depth === 0) return i + 1;
    }
  }
  return null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function canonical(value: unknown): string | null {
  const parts: string[] = [];
  return write(value, parts, 0) ? parts.join('') : null;
}

function write(value: unknown, parts: string[], depth: number): boolean {
  if (depth > MAX_DEPTH) return false;
  if (typeof value !== 'object' || value === null) {
    parts.push(typeof value === 'number' ? String(value) : JSON.stringify(value));
    return true;
  }
  const entries: [string, unknown][] = Array.isArray(value)
    ? value.map((item) => ['', item])
    : Object.entries(value)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, item]) => [`${JSON.stringify(key)}:`, item]);
  parts.push(Array.isArray(value) ? '[' : '{');
  for (const [i, [label, item]] of entries.entries()) {
    parts.push(i > 0 ? ',' : '', label);
    if (!write(item, parts, depth + 1)) return false;
  }
  parts.push(Array.isArray(value) ? ']' : '}');
  return true;
}

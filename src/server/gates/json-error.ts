/** One token behind any white space; of a string only its first mark. */
const TOKEN = /[ \t\r\n]*(?:([{}[\],:])|(")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null))/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;

/** What may come next: a value, the end of a list or a value, a name, the end of a map or a name, a colon, a comma or the end. */
type Expected = 'value' | 'first item' | 'name' | 'first name' | 'colon' | 'next';

/** Where a text stops being JSON, in words, from 1; of the text itself nothing is said. */
export function jsonErrorAt(text: string): string {
  const open: ('{' | '[')[] = [];
  let expected: Expected = 'value';
  let good = 0;
  for (;;) {
    const { token, end } = tokenAt(text, good);
    const next = after(expected, open, token);
    if (next === null) return placeOf(text, good);
    expected = next;
    good = end;
  }
}

/** The token behind `from` and any white space: a mark, `string`, `scalar`, or null. */
function tokenAt(text: string, from: number): { token: string | null; end: number } {
  TOKEN.lastIndex = from;
  const [, mark, quote, scalar] = TOKEN.exec(text) ?? [];
  if (quote !== undefined) {
    const end = endOfString(text, TOKEN.lastIndex);
    return { token: end === null ? null : 'string', end: end ?? from };
  }
  return { token: mark ?? (scalar === undefined ? null : 'scalar'), end: TOKEN.lastIndex };
}

/** Where a string whose text begins at `from` is over; null when it is none. */
function endOfString(text: string, from: number): number | null {
  for (let at = from; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === QUOTE) return at + 1;
    if (char < SPACE) return null;
    if (char !== BACKSLASH) continue;
    ESCAPE.lastIndex = at;
    if (!ESCAPE.test(text)) return null;
    at = ESCAPE.lastIndex - 1;
  }
  return null;
}

/** Keeps `open` up to date; null when the token may not stand there. */
function after(expected: Expected, open: ('{' | '[')[], token: string | null): Expected | null {
  const inside = open.at(-1);
  const takesValue = expected === 'value' || expected === 'first item';
  if (token === '{' || token === '[') {
    if (!takesValue) return null;
    open.push(token);
    return token === '{' ? 'first name' : 'first item';
  }
  if (token === '}' || token === ']') {
    const isOpen = token === '}' ? inside === '{' && expected !== 'name' && expected !== 'colon' : inside === '[';
    if (!isOpen || expected === 'value') return null;
    open.pop();
    return 'next';
  }
  if (token === ',') return expected !== 'next' || inside === undefined ? null : inside === '{' ? 'name' : 'value';
  if (token === ':') return expected === 'colon' ? 'value' : null;
  if (token === 'string' && (expected === 'name' || expected === 'first name')) return 'colon';
  return token !== null && takesValue ? 'next' : null;
}

function placeOf(text: string, good: number): string {
  const rest = /[^ \t\r\n]/g;
  rest.lastIndex = good;
  const at = rest.exec(text)?.index;
  if (at === undefined) return `it ends too early, after ${text.length} characters`;
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  return `unexpected text at line ${line}, column ${at - before.lastIndexOf('\n')} (character ${at + 1})`;
}

const TOKEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: JSON texts hold none of them
  /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)(?!\w)|[{}[\],:]/uy;
const SPACE = /[ \t\r\n]*/y;

/** What may come next. */
type Want =
  | 'a value'
  | 'a value or ]'
  | 'a name in double quotes'
  | 'a name in double quotes or }'
  | ':'
  | ', or }'
  | ', or ]'
  | 'nothing more';

/** Where a text stops being JSON, for people: `JSON.parse` does not always tell. Null for JSON. */
export function jsonFlaw(text: string): string | null {
  const open: ('{' | '[')[] = [];
  let want: Want = 'a value';
  for (let at = 0; ; ) {
    SPACE.lastIndex = at;
    at += SPACE.exec(text)?.[0].length ?? 0;
    if (at === text.length) return want === 'nothing more' ? null : `${placeIn(text, at)}: it ends where there should be ${want}`;
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text)?.[0];
    const next: Want | null = token === undefined ? null : after(want, token, open);
    if (token === undefined || next === null) return `${placeIn(text, at)}: there should be ${want}`;
    want = next;
    at += token.length;
  }
}

/** What may follow a token; null where the token itself may not stand. Keeps count of what is open. */
function after(want: Want, token: string, open: ('{' | '[')[]): Want | null {
  const isClosing = (want.endsWith('}') && token === '}') || (want.endsWith(']') && token === ']');
  if (isClosing) {
    open.pop();
    return rest(open);
  }
  if (want === ', or }' || want === ', or ]') return token !== ',' ? null : want === ', or }' ? 'a name in double quotes' : 'a value';
  if (want === ':') return token === ':' ? 'a value' : null;
  if (want === 'a name in double quotes' || want === 'a name in double quotes or }') return token.startsWith('"') ? ':' : null;
  if (want === 'nothing more' || /^[}\],:]$/.test(token)) return null;
  if (token !== '{' && token !== '[') return rest(open);
  open.push(token);
  return token === '{' ? 'a name in double quotes or }' : 'a value or ]';
}

function rest(open: readonly ('{' | '[')[]): Want {
  const around = open.at(-1);
  return around === undefined ? 'nothing more' : around === '{' ? ', or }' : ', or ]';
}

function placeIn(text: string, offset: number): string {
  const lines = text.slice(0, offset).split('\n');
  return `line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}`;
}

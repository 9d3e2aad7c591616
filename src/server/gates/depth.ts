const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN: ReadonlySet<number> = new Set([0x5b, 0x7b]);
const CLOSE: ReadonlySet<number> = new Set([0x5d, 0x7d]);

/**
 * True when lists and maps of a JSON text stand in each other on more than so many levels: whatever walks through such a
 * value by recursion breaks. Looks at the text, since walking through a map of a million names takes longer than parsing it.
 */
export function isDeeperThan(json: string, levels: number): boolean {
  let depth = 0;
  for (let at = 0; at < json.length; at++) {
    const char = json.charCodeAt(at);
    if (char === QUOTE) at = endOfString(json, at);
    else if (OPEN.has(char)) depth += 1;
    else if (CLOSE.has(char)) depth -= 1;
    if (depth > levels) return true;
  }
  return false;
}

/** Where the string that begins at `at` is over. */
function endOfString(json: string, at: number): number {
  for (let end = json.indexOf('"', at + 1); end >= 0; end = json.indexOf('"', end + 1)) {
    let before = end - 1;
    while (json.charCodeAt(before) === BACKSLASH) before -= 1;
    // An odd number of them belongs to the quote.
    if ((end - before) % 2 === 1) return end;
  }
  return json.length;
}

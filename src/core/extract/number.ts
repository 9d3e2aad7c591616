/** A sign counts only where no digit, letter or bracket stands before it: `16-3` holds 16 and 3. A `$` may follow the sign. */
const NUMBER = /(?:(?<![\w)\].])[-+])?\$?(?:(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|(?<![\d.])\.\d+)/g;
const MARK = /(?:####|(?:^|\n)[^\S\n]*A:)\s*([^\n]*)/g;

/**
 * The final number of a solution: the first one after the last `####` or `A:` (at the start of a line), else the last
 * number in the text. Returned in one canonical form (no currency, thousands separators or trailing zeros); null when
 * there is none.
 */
export function extractNumber(text: string): string | null {
  const marked = [...text.matchAll(MARK)].at(-1)?.[1]?.match(NUMBER)?.at(0);
  const number = marked ?? text.match(NUMBER)?.at(-1);
  return number === undefined ? null : canonical(number);
}

function canonical(number: string): string {
  const value = Number(number.replaceAll(',', '').replace('$', ''));
  return Object.is(value, -0) ? '0' : String(value);
}

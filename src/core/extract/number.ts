const NUMBER = /[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|[-+]?\.\d+/g;
const MARKED = /(?:####|(?:^|\n)\s*A:)\s*[^\d\n+-]*([-+]?[\d.,]+)/g;

/**
 * The final number of a solution: the one after the last `####` or `A:` mark, else the last number in the text.
 * Returned in one canonical form (no thousands separators, no trailing zeros); null when there is none.
 */
export function extractNumber(text: string): string | null {
  const marked = [...text.matchAll(MARKED)].at(-1)?.[1];
  const candidate = (marked && lastNumber(marked)) ?? lastNumber(text);
  return candidate === undefined ? null : canonical(candidate);
}

function lastNumber(text: string): string | undefined {
  return text.match(NUMBER)?.at(-1);
}

function canonical(number: string): string {
  const value = Number(number.replaceAll(',', ''));
  return Object.is(value, -0) ? '0' : String(value);
}

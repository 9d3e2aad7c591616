import { isProduct } from './products.js';

const PUNCTUATION = /[\p{P}\p{S}]/u;

/** Stands for punctuation; a backslash before it means nothing. */
const DASH = '\u2014';

/** A character of the same kind that means nothing in Markdown. */
export function neutral(char: string): string {
  if (char === '' || /\s/.test(char)) return ' ';
  if (PUNCTUATION.test(char)) return DASH;
  if (/[a-z]/i.test(char)) return 'a';
  return /[0-9]/.test(char) ? '0' : 'é';
}

function isWord(kind: string): boolean {
  return kind !== ' ' && kind !== DASH;
}

/** Whether a run of so many marks between these two characters can open emphasis, as CommonMark has it, but for products. */
export function canOpen(before: string, run: string, after: string): boolean {
  const [left, right] = [neutral(before), neutral(after)];
  const isStar = run.startsWith('*');
  if (right === ' ' || (isStar && isProduct(left, run.length, right))) return false;
  const isLeftFlanking = right !== DASH || !isWord(left);
  const isRightFlanking = left !== ' ' && (left !== DASH || !isWord(right));
  return isLeftFlanking && (!run.startsWith('_') || !isRightFlanking || left === DASH);
}

/**
 * Whether something within `text` is open still that binds tighter than emphasis: a code span, a bracket, an address or a tag.
 * One that can't be closed any more doesn't count.
 */
export function hasOpenInner(text: string): boolean {
  let brackets = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '\\') at++;
    else if (char === '[') brackets++;
    else if (char === ']' && brackets > 0) {
      brackets--;
      if (text[at + 1] === '(') {
        const end = addressEnd(text, at + 1);
        if (end === -1) return true;
        at = end;
      }
    } else if (char === '`') {
      const run = /^`+/.exec(text.slice(at))?.[0] ?? '`';
      const end = codeEnd(text, at + run.length, run.length);
      if (end === -1) return true;
      at = end - 1;
    } else if (char === '<' && /^<[a-z/!?][^<>\n]*$/i.test(text.slice(at))) return true;
  }
  return brackets > 0;
}

/** Where the code span ends that began before `from` with so many backticks; -1 while it is open. */
export function codeEnd(text: string, from: number, length: number): number {
  const runs = /`+/g;
  runs.lastIndex = from;
  for (let run = runs.exec(text); run; run = runs.exec(text)) if (run[0].length === length) return run.index + length;
  return -1;
}

/** The place of the `)` for the `(` at `from`; -1 while there is none. */
export function addressEnd(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const char = text[at];
    if (char === '\\') at++;
    else if (char === '(') depth++;
    else if (char === ')' && --depth === 0) return at;
  }
  return -1;
}

/** The place of the `]` for the `[` at `from`; -1 while there is none. */
export function bracketEnd(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const char = text[at];
    if (char === '\\') at++;
    else if (char === '`') {
      const run = /^`+/.exec(text.slice(at))?.[0] ?? '`';
      const end = codeEnd(text, at + run.length, run.length);
      if (end === -1) return -1;
      at = end - 1;
    } else if (char === '[') depth++;
    else if (char === ']' && --depth === 0) return at;
  }
  return -1;
}

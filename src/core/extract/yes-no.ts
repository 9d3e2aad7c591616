import { marked } from './marks.js';

const VERDICT = /^[\s*_`"'“(]*(yes|no|true|false)(?![\p{L}\p{N}])(.*)$/isu;
/** Words that lead from an argument to its end. */
const THEREFORE =
  /^(?:so|thus|therefore|hence|overall|finally|actually|in short|in conclusion|in summary|to conclude|conclusion)\b[\s,:]*/i;
/** After a bare `no` a sentence goes on with one of these; with another word it is `no idea`, `no one`, `no prime`. */
const GOES_ON = /^\s+(?:it|he|she|they|we|you|i|there|this|that|these|those|because|since|not)\b/i;

/** `yes` or `no`: the verdict marked as the answer, else that of the last sentence, else that of the first word. Null where a text does not commit itself. */
export function extractYesNo(text: string): 'yes' | 'no' | null {
  const stated = marked(text)
    .map(verdict)
    .findLast((found) => found !== null);
  return stated ?? verdict(lastSentence(text)) ?? verdict(text);
}

function lastSentence(text: string): string {
  const line = text.trimEnd().split('\n').at(-1) ?? '';
  return (line.split(/(?<=[.!?])\s+/).at(-1) ?? '').replace(/^[\s*_]+/, '').replace(THEREFORE, '');
}

function verdict(text: string): 'yes' | 'no' | null {
  const [, word = '', rest = ''] = text.match(VERDICT) ?? [];
  const said = word.toLowerCase();
  if (said === '' || isHedged(rest)) return null;
  const ends = /^\s*(?:$|\n)|^[*_`"'”)]*[.,!;:—–]|^[*_`"'”)]+\s*$|^[*_`"'”)]+\s|^\s+[-—–(]/.test(rest);
  if (said === 'yes') return 'yes';
  if (said === 'no') return (ends || GOES_ON.test(rest)) && !/^\.\s*\d/.test(rest) ? 'no' : null;
  if (!ends) return null;
  return said === 'true' ? 'yes' : 'no';
}

/** `yes and no`, `yes/no`, `no-brainer`. */
function isHedged(rest: string): boolean {
  return /^\W{0,3}(?:(?:and|or|but)\s+)?(?:also\s+)?(?:yes|no|true|false)\b/i.test(rest) || /^-\p{L}/u.test(rest);
}

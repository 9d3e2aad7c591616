/** `A`: the answer shown first, `B` the second, `T` a tie. */
export type Letter = 'A' | 'B' | 'T';

/** What models put around a letter on their own: white space, emphasis, code, quotes, brackets, a closing mark. */
const BEFORE = '[\\s*_`"\'()\\[\\]#>]*';
const AFTER = '[\\s*_`"\'()\\[\\].!]*';
/** And before it: `Answer: B`, `VERDICT: T`, `The better answer is A`. */
const WORDS = `(?:(?:the |my )?(?:final |better )?(?:answer|verdict|winner|choice|judge?ment|reply)${BEFORE}(?:is|:|=|-)?${BEFORE}(?:answer )?)?`;
const LETTER = new RegExp(`^${BEFORE}${WORDS}([ABT]|tie)${AFTER}$`, 'i');

/** A line with a letter on it is not longer, in characters. */
const MAX_LINE = 80;

const REFUSAL = /\b(?:i(?:'|’)m sorry|i am sorry|i apologi[sz]e|i (?:can(?:'|’)?t|cannot|won(?:'|’)t|am unable to|(?:'|’)m unable to))\b/i;

/** The letter that a judge replies; on its last line where it has reasoned first. Null where it says anything else. */
export function readLetter(reply: string): Letter | null {
  const line = reply.trimEnd().split('\n').at(-1) ?? '';
  if (line.length > MAX_LINE) return null;
  const said = LETTER.exec(line)?.[1]?.charAt(0).toUpperCase();
  return (said as Letter | undefined) ?? null;
}

/** True for a reply that is one of the letters and nothing else: then the probability of its tokens is that of the verdict. */
export function isBareLetter(reply: string): boolean {
  return /^[ABT]$/.test(reply.trim());
}

/** True for a reply that can't be read as it declines to judge. */
export function isRefusal(reply: string): boolean {
  return REFUSAL.test(reply);
}

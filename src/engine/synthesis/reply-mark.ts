/** What models put around a word on their own: white space, emphasis, quotes, a closing period. */
const BEFORE = /^[\s*_`"']+/;
const AFTER = /^[\s*_`"'.!]*$/;

/** True when the first line of a reply is the mark and nothing else; what stands below only explains it. */
export function saysMark(reply: string, mark: string): boolean {
  const text = reply.replace(BEFORE, '');
  if (!text.startsWith(mark)) return false;
  const [rest = ''] = text.slice(mark.length).split('\n', 1);
  return AFTER.test(rest);
}

/** True as long as a reply of which `beginning` is known can still turn out to be the mark. */
export function maySayMark(beginning: string, mark: string): boolean {
  return mark.startsWith(beginning.replace(BEFORE, '')) || saysMark(beginning, mark);
}

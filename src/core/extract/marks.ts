/** `#### x`, `Answer: x`, `the correct option is x`, `\boxed{x}`; emphasis may stand around the word. */
const MARK =
  /#{4}(?!#)|\\boxed\{|\b(?:answer|option|choice|verdict)\b(?: to [^.:\n]{1,80}?)?[*_]*\s*(?:[:=]|(?:is|would be|must be|should be)\b\s*:?)/gi;

/** A conclusion is not longer, in characters: a text full of marks must not take longer to read than any other. */
const REACH = 500;

/** What stands behind each mark of a conclusion, in order: the rest of its line, or the next line where that is empty. */
export function marked(text: string): string[] {
  return [...text.matchAll(MARK)].flatMap((mark) => {
    const start = mark.index + mark[0].length;
    const behind = text.slice(start, start + REACH).replace(/^[\s*_:]+/, '');
    const line = behind.split('\n', 1)[0] ?? '';
    const content = mark[0].startsWith('\\') ? (line.replace(/^\\(?:text|mathrm|mathbf)\{/, '').split('}', 1)[0] ?? '') : line;
    return content.trim() === '' ? [] : [content.trim()];
  });
}

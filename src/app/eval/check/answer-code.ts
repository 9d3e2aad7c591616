/** A fence of at least three of one mark, its language, the code, and the same fence again; an answer may end without it. */
const BLOCK = /^ {0,3}(`{3,}|~{3,})[^\n]*\n([\s\S]*?)(?:^ {0,3}\1[`~]*[ \t]*$|$(?![\s\S]))/gm;

/**
 * The code that an answer is meant to be: its longest fenced block, as examples beside it are short; all of it where it has none.
 * `mom ask -x` reads Markdown with a parser, for blocks in lists and quotes; a whole file in an answer stands in neither.
 */
export function answerCode(answer: string): string {
  const text = answer.replace(/\r\n?/g, '\n');
  const blocks = [...text.matchAll(BLOCK)].map((match) => match[2] ?? '');
  return blocks.length === 0 ? answer : blocks.reduce((longest, block) => (block.length > longest.length ? block : longest));
}

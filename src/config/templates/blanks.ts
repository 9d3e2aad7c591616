/** The blank that the prompt, stdin and files go into. */
export const INPUT_BLANK = 'input';

/** `\{{` stands for braces as they are; what has no `}}` in its line is no blank. */
const BLANK = /\\\{\{|\{\{([^{}\n]*)\}\}/g;
const NAME = /^[A-Za-z_][\w-]*$/;

export function isParameterName(name: string): boolean {
  return NAME.test(name) && name !== INPUT_BLANK;
}

/** Something between braces that names no blank. */
interface Misnamed {
  offset: number;
  /** As it stands, braces included. */
  text: string;
}

/** The names of the blanks of a text, each once, in their order. */
export function blanksOf(text: string): { names: string[]; misnamed: Misnamed | null } {
  const found = [...text.matchAll(BLANK)].filter((match) => match[1] !== undefined);
  const wrong = found.find((match) => !NAME.test((match[1] ?? '').trim()));
  return {
    names: [...new Set(found.map((match) => (match[1] ?? '').trim()))],
    misnamed: wrong === undefined ? null : { offset: wrong.index, text: wrong[0] },
  };
}

/** The text with its blanks filled in, in one pass: what stands in a value stays as it is. */
export function fillBlanks(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(BLANK, (_, name: string | undefined) => (name === undefined ? '{{' : (values[name.trim()] ?? '')));
}

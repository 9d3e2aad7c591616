/** A line of bash up to its cursor, as far as completion needs it. */
export interface BashLine {
  /** Whole words, without their quotes, the program's name among them. */
  before: string[];
  /** The word under the cursor. */
  begun: string;
  /** Of that word, what bash takes for words of their own: it breaks at `:` and `=`, and puts a candidate behind the last one. */
  kept: number;
}

/** Splits a line as the shell does; a quote that is still open holds all that follows. */
export function readBashLine(line: string): BashLine {
  const words: string[] = [''];
  let quote: '"' | "'" | null = null;
  let kept = 0;
  const add = (char: string) => {
    words.push(`${words.pop() ?? ''}${char}`);
  };
  for (let i = 0; i < line.length; i += 1) {
    const char = line.charAt(i);
    if (char === '\\' && quote !== "'" && i + 1 < line.length) {
      i += 1;
      add(line.charAt(i));
    } else if (quote !== null) {
      if (char === quote) quote = null;
      else add(char);
    } else if (char === '"' || char === "'") quote = char;
    else if (/\s/.test(char)) {
      if (words.at(-1) !== '') words.push('');
      kept = 0;
    } else {
      add(char);
      if (char === ':' || char === '=') kept = words.at(-1)?.length ?? 0;
    }
  }
  const begun = words.pop() ?? '';
  return { before: words, begun, kept };
}

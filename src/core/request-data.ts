/** A user's turn as what it asks for and what it asks it about. */
export interface RequestParts {
  /** What is not data or code; of a long one the beginning and the end. */
  instruction: string;
  /** Files, stdin, documents. */
  data: boolean;
  /** Fenced code. */
  code: boolean;
}

/** A tag that holds data, as mom writes it around files and stdin and users around documents, or the fence of a code block. */
const OPENING = /<(file|stdin|document|context)(-\d{1,9})?(?: [^<>\n]{0,1000})?>|`{3,}|^~{3,}(?=[^\n`]*$)/gm;

/** At most this much of an instruction is looked at: its beginning and its end, in characters. */
const LOOKED_AT = 8_000;

/**
 * Tells apart what a turn asks for and what it brings along. A block that stands on lines of its own and is never closed
 * reaches to the end; within a line an unclosed tag is a word like any other. Takes time in proportion to the text.
 */
export function splitData(text: string): RequestParts {
  const kept: string[] = [];
  const neverClosed = new Set<string>();
  let end = 0;
  let data = false;
  let code = false;
  OPENING.lastIndex = 0;
  for (let open = OPENING.exec(text); open !== null; open = OPENING.exec(text)) {
    const [mark, tag, number = ''] = open;
    const behind = open.index + mark.length;
    const isBlock = standsAlone(text, open.index, behind, tag !== undefined);
    const closing = tag === undefined ? mark : `</${tag}${number}>`;
    if (!isBlock && (number !== '' || neverClosed.has(closing))) continue;
    const close = text.indexOf(isBlock ? `\n${closing}` : closing, behind);
    if (close < 0 && !isBlock && tag !== undefined) {
      neverClosed.add(closing);
      continue;
    }
    kept.push(text.slice(end, open.index));
    data ||= tag !== undefined;
    code ||= tag === undefined;
    end = close < 0 ? text.length : close + closing.length + (isBlock ? 1 : 0);
    OPENING.lastIndex = end;
    if (close < 0) break;
  }
  kept.push(text.slice(end));
  return { instruction: ends(kept.join(''), LOOKED_AT), data, code };
}

/** The beginning and the end of a text, so many characters of each; a shorter one as it is. */
export function ends(text: string, each: number): string {
  return text.length <= 2 * each ? text : `${text.slice(0, each)}\n${text.slice(-each)}`;
}

/** True for a mark at the start of a line with nothing behind it; behind a fence a language may be named. */
function standsAlone(text: string, start: number, behind: number, isTag: boolean): boolean {
  if (start > 0 && text[start - 1] !== '\n') return false;
  if (isTag) return behind === text.length || text[behind] === '\n' || text[behind] === '\r';
  const lineEnd = text.indexOf('\n', behind);
  return !text.slice(behind, lineEnd < 0 ? text.length : lineEnd).includes('`');
}

/** Opens a block of data as mom puts files and stdin into a question, or a fenced code block. */
const OPENING = /^(?:<(file|stdin)(-\d+)?(?: path="[^"]*")?>|(`{3,}|~{3,})[^\n`]*)$/gm;

/** At most this much of an instruction is looked at: its beginning and its end, in characters. */
const LOOKED_AT = 8_000;

/**
 * A user's turn as what it asks for and what it asks it about: blocks of files, stdin and code are data. Takes time in
 * proportion to the text.
 */
export function splitData(text: string): { instruction: string; data: boolean } {
  const kept: string[] = [];
  let end = 0;
  let data = false;
  OPENING.lastIndex = 0;
  for (let open = OPENING.exec(text); open !== null; open = OPENING.exec(text)) {
    const [mark, tag, number = '', fence] = open;
    const closing = fence ?? `</${tag}${number}>`;
    const close = text.indexOf(`\n${closing}`, open.index + mark.length);
    kept.push(text.slice(end, open.index));
    data ||= tag !== undefined;
    end = close < 0 ? text.length : close + closing.length + 1;
    OPENING.lastIndex = end;
    if (close < 0) break;
  }
  kept.push(text.slice(end));
  return { instruction: ends(kept.join('')), data };
}

function ends(text: string): string {
  return text.length <= 2 * LOOKED_AT ? text : `${text.slice(0, LOOKED_AT)}\n${text.slice(-LOOKED_AT)}`;
}

import type { TextStyle } from '../../core/eval/data.js';

/** A fence of a code block may be indented by three spaces. */
const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const HEADING = /^ {0,3}#{1,6}[ \t]/;
const LIST_ITEM = /^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]/;
/** Each of them stops at the next mark, so no text is read more than twice. */
const BOLD = /\*\*[^*]+\*\*|__[^_]+__/g;

/**
 * What readers and judges are known to be swayed by. Counted are the headings, list items and bold passages of Arena-Hard's
 * style control (lmarena/arena-hard-auto, utils/add_markdown_info.py; Li et al. 2024, arXiv 2406.11939), which leaves code
 * blocks out too. Takes time in proportion to the text.
 */
export function styleOf(text: string): TextStyle {
  const style = { length: codePoints(text), headings: 0, list_items: 0, bold: 0 };
  let fence: string | null = null;
  for (const line of text.split(/\r\n?|\n/)) {
    const mark = FENCE.exec(line)?.[1] ?? null;
    if (fence !== null) {
      if (mark !== null && closes(fence, mark)) fence = null;
      continue;
    }
    fence = mark;
    if (mark !== null) continue;
    if (HEADING.test(line)) style.headings += 1;
    if (LIST_ITEM.test(line)) style.list_items += 1;
    style.bold += line.match(BOLD)?.length ?? 0;
  }
  return style;
}

function closes(fence: string, mark: string): boolean {
  return mark[0] === fence[0] && mark.length >= fence.length;
}

function codePoints(text: string): number {
  let count = text.length;
  for (let i = 0; i + 1 < text.length; i++) {
    if ((text.charCodeAt(i) & 0xfc00) !== 0xd800 || (text.charCodeAt(i + 1) & 0xfc00) !== 0xdc00) continue;
    count -= 1;
    i += 1;
  }
  return count;
}

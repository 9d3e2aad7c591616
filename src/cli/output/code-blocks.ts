import MarkdownIt, { type MarkdownIt as Parser } from 'markdown-it';
import { languageOf, sameLanguage } from './code-language.js';

/** One fenced block of a Markdown text. */
export interface CodeBlock {
  /** The first word behind the fence; null where there is none. */
  lang: string | null;
  /** What stands between the fences, to the byte, without the indentation of what it is nested in. */
  code: string;
  /** False where the text, or what the block is nested in, ends first. */
  closed: boolean;
}

/** Which of the blocks are wanted. */
export interface BlockWish {
  /** Of blocks in this language only. */
  lang: string | null;
  which: 'first' | 'last' | 'all';
}

/** So often the rest of a text is read again, because a closing fence was taken for an opening one. */
const MOST_REPAIRS = 50;

/**
 * Every fenced block, in the order of the text. Text that is indented by four characters or more is a block of its own in
 * Markdown, without fences, and does not count; where fences stand in it, models have meant these.
 */
export function codeBlocks(markdown: string): CodeBlock[] {
  return blocksOf(markdown.replace(/^\uFEFF/, ''), true);
}

export function chosenBlocks(blocks: readonly CodeBlock[], { lang, which }: BlockWish): CodeBlock[] {
  const fitting = lang === null ? [...blocks] : blocks.filter((block) => block.lang !== null && sameLanguage(block.lang, lang));
  return which === 'all' ? fitting : which === 'first' ? fitting.slice(0, 1) : fitting.slice(-1);
}

/** The code of blocks, each with a newline at its end, an empty line between two. */
export function joinedCode(blocks: readonly CodeBlock[]): string {
  return blocks.map(({ code }) => (code === '' || /[\r\n]$/.test(code) ? code : `${code}\n`)).join('\n');
}

/** @param repairs how many fences may still be closed by a line that Markdown takes for a new one: each costs reading the rest again */
function blocksOf(text: string, looksInside: boolean, repairs = MOST_REPAIRS): CodeBlock[] {
  const lines = linesOf(text);
  const found: CodeBlock[] = [];
  for (const { type, content, info, markup, map } of parser().parse(text, {})) {
    if (map === null) continue;
    const [start, end] = map;
    if (type === 'code_block' && looksInside) found.push(...blocksOf(dedented(original(content, lines, start)), false));
    if (type !== 'fence') continue;
    const closed = end - start === linesOf(content).length + 2;
    const isMeant = !closed && repairs > 0 && closes(lines[end] ?? '', markup);
    found.push({ lang: languageOf(info), code: original(content, lines, start + 1), closed: closed || isMeant });
    if (isMeant) return [...found, ...blocksOf(lines.slice(end + 1).join(''), looksInside, repairs - 1)];
  }
  return found;
}

/** A fence in a list or quote that models forget to indent: for Markdown the block ends above it, and another one begins. */
function closes(line: string, opening: string): boolean {
  const mark = line.trim();
  return mark.length >= opening.length && mark === opening.charAt(0).repeat(mark.length);
}

/** Only blocks are looked for. Tags hide none, since models put code right below them; definitions of links hold none. */
function parser(): Parser {
  const markdown = new MarkdownIt('commonmark').disable(['html_block', 'reference']);
  markdown.core.ruler.enableOnly(['normalize', 'block']);
  return markdown;
}

/** Each line with its end. */
function linesOf(text: string): string[] {
  return text.match(/[^\r\n]*(?:\r\n?|\n)|[^\r\n]+$/g) ?? [];
}

/** Parsed content with what the parser has changed put back: ends of lines, and NUL. */
function original(content: string, lines: readonly string[], from: number): string {
  return linesOf(content)
    .map((line, i) => {
      const [, body = '', end = ''] = /^([^\r\n]*)([\r\n]*)$/.exec(lines[from + i] ?? '') ?? [];
      const parsed = line.replace(/\n$/, '');
      // A tab of which a part was indentation is spaces now.
      const padding = body.replaceAll('\0', '\uFFFD').endsWith(parsed) ? 0 : (/^ {1,3}/.exec(parsed)?.[0].length ?? 0);
      const kept = parsed.length - padding;
      return `${parsed.slice(0, padding)}${kept === 0 ? '' : body.slice(-kept)}${line.endsWith('\n') ? end : ''}`;
    })
    .join('');
}

/** Without the indentation that all lines share. */
function dedented(text: string): string {
  const lines = linesOf(text);
  const depth = lines
    .filter((line) => line.trim() !== '')
    .reduce((least, line) => Math.min(least, indentOf(line)), Number.POSITIVE_INFINITY);
  return lines.map((line) => line.slice(Math.min(depth, indentOf(line)))).join('');
}

function indentOf(line: string): number {
  return /^ */.exec(line)?.[0].length ?? 0;
}

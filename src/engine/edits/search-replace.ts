import { indexFrom, linesOf, solid } from './lines.js';
import { fenceOf, fileNamed, type ShownFile } from './shown-files.js';

/** What is known of the edits in an answer: how many there are, and why they can't be applied; null where nothing speaks against it. */
export interface EditReport {
  edits: number;
  flaw: string | null;
}

interface Block {
  file: string;
  search: string[];
  replace: string[];
}

// The marks as aider reads them; cline writes its own with - and +.
const HEAD = /^(?:<{5,9}|-{3,}) SEARCH>?$/;
const DIVIDER = /^={5,9}$/;
const END = /^(?:>{5,9}|\+{3,}) REPLACE>?$/;
/** Stands in a block for lines that are left out. */
const ELISION = /^\s*\.\.\.\s*$/;
/** Some models write the name where the language belongs. */
const FENCED_NAME = /^\s*`{3,}(\S{0,300}[./]\S{0,300})\s*$/;
/** So far above a block its file is named. */
const NAME_LINES = 3;

/**
 * Reads SEARCH/REPLACE blocks as aider does, which takes none of them when one is broken, and applies them one after
 * the other to the files that the conversation shows. A block for any other file is taken to fit.
 */
export function searchReplaceReport(text: string, shown: readonly ShownFile[]): EditReport {
  const { blocks, flaw } = readBlocks(linesOf(text));
  return { edits: blocks.length, flaw: flaw ?? misfit(blocks, shown) };
}

function readBlocks(lines: readonly string[]): { blocks: Block[]; flaw: string | null } {
  const blocks: Block[] = [];
  const find = (from: number, ...marks: RegExp[]) => indexFrom(lines, from, (line) => marks.some((mark) => mark.test(line.trim())));
  let file: string | null = null;
  for (let head = find(0, HEAD); head >= 0; ) {
    const broken = (why: string) => ({ blocks, flaw: `block ${blocks.length + 1} ${why}` });
    file = nameAbove(lines.slice(Math.max(0, head - NAME_LINES), head)) ?? file;
    if (file === null) return broken('names no file');
    const divider = find(head + 1, DIVIDER);
    if (divider < 0) return broken("has no '=======' line");
    const end = find(divider + 1, END, DIVIDER);
    if (end < 0) return broken("has no '>>>>>>> REPLACE' line");
    blocks.push({ file, search: lines.slice(head + 1, divider), replace: lines.slice(divider + 1, end) });
    head = find(end + 1, HEAD);
  }
  const isHeadless = blocks.length === 0 && lines.some((line) => END.test(line.trim()));
  return { blocks, flaw: isHeadless ? "a block has no '<<<<<<< SEARCH' line" : null };
}

/** The nearest line that is no fence, else what stands behind a fence; null where that is blank or ends another block. */
function nameAbove(lines: readonly string[]): string | null {
  const name = lines.findLast((line) => fenceOf(line.trim()) === null)?.trim() ?? '';
  if (name !== '' && !END.test(name)) return name;
  return lines.findLast((line) => FENCED_NAME.test(line))?.replace(FENCED_NAME, '$1') ?? null;
}

function misfit(blocks: readonly Block[], shown: readonly ShownFile[]): string | null {
  const files = shown.map(({ name, lines }) => ({ name, lines, text: joined(lines) }));
  for (const [i, block] of blocks.entries()) {
    const named = fileNamed(files, block.file);
    if (!named) continue;
    // aider tries the other files where the named one does not have the text.
    const isDone = [named, ...files].some((file) => {
      const after = edited(file, block);
      if (after !== null) file.text = after;
      return after !== null;
    });
    if (!isDone) return `the SEARCH text of block ${i + 1} does not stand in ${named.name}`;
  }
  return null;
}

/** A file's text after a block; null where what is searched does not stand in it. Where nothing is searched, lines are added. */
function edited({ name, text }: { name: string; text: string }, block: Block): string | null {
  const [search, replace] = [unwrapped(block.search, name), unwrapped(block.replace, name)];
  return solid(search).length === 0 ? text + joined(solid(replace)).slice(1) : replaced(text, search, replace);
}

/** The lines without the file's name and fences, which some models write within a block too. */
function unwrapped(lines: readonly string[], name: string): readonly string[] {
  const base = name.slice(name.lastIndexOf('/') + 1);
  const rest = lines[0]?.trim().endsWith(base) ? lines.slice(1) : lines;
  const isWrapped = rest[0]?.startsWith('```') && rest.at(-1)?.startsWith('```');
  return isWrapped ? rest.slice(1, -1) : rest;
}

function replaced(text: string, search: readonly string[], replace: readonly string[]): string | null {
  const whole = swap(text, search, replace);
  if (whole !== null || !search.some((line) => ELISION.test(line))) return whole;
  const [from, to] = [pieces(search), pieces(replace)];
  if (from.length !== to.length) return null;
  return from.reduce<string | null>((before, piece, i) => (before === null ? null : swap(before, piece, to[i] ?? [])), text);
}

function swap(text: string, search: readonly string[], replace: readonly string[]): string | null {
  const wanted = solid(search);
  if (wanted.length === 0) return text;
  const found = joined(wanted);
  return text.includes(found) ? text.replace(found, () => joined(solid(replace))) : null;
}

function pieces(lines: readonly string[]): string[][] {
  const parts: string[][] = [[]];
  for (const line of lines) {
    if (ELISION.test(line)) parts.push([]);
    else parts.at(-1)?.push(line);
  }
  return parts;
}

/** Lines as one text in which whole lines can be searched. */
function joined(lines: readonly string[]): string {
  return `\n${lines.map((line) => `${line}\n`).join('')}`;
}

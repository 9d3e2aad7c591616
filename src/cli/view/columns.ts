import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import type { CallRecord } from '../../core/run.js';
import { proposalBody, proposalHeading } from '../../observe/proposals-text.js';
import { renderMarkdown } from './markdown/whole.js';

export interface ProposalsLook {
  color: boolean;
  /** Of the terminal; 0 when it does not know. */
  columns: number;
  /** Whether they may stand side by side where there is room. */
  isSideBySide: boolean;
}

/** The narrowest column that an answer reads well in. */
const NARROWEST = 40;
const GAP = ' │ ';

/** Proposals under their headings: side by side where at least two fit, in rows of as many as fit; else one below the other. */
export function proposalsView(proposals: readonly CallRecord[], { color, columns, isSideBySide }: ProposalsLook): string {
  const fitting = isSideBySide ? Math.floor((columns + GAP.length) / (NARROWEST + GAP.length)) : 1;
  const abreast = Math.min(proposals.length, fitting);
  const texts = (width: number) => proposals.map((proposal) => rendered(proposal, color, width));
  if (abreast < 2) return texts(columns).join('\n');
  // Rows of about the same number.
  const perRow = Math.ceil(proposals.length / Math.ceil(proposals.length / abreast));
  const width = Math.floor((columns - GAP.length * (perRow - 1)) / perRow);
  const cells = texts(width);
  const rows = Array.from({ length: Math.ceil(cells.length / perRow) }, (_, row) => cells.slice(row * perRow, (row + 1) * perRow));
  return rows.map((row) => sideBySide(row, width)).join('\n');
}

function rendered(proposal: CallRecord, color: boolean, columns: number): string {
  // A model's name is no Markdown.
  const heading = proposalHeading(proposal).replace(/[\\`*_~[\]<>&#!]/g, '\\$&');
  return renderMarkdown(`## ${heading}\n\n${proposalBody(proposal)}`, { color, columns });
}

function sideBySide(texts: readonly string[], width: number): string {
  const cells = texts.map((text) => wrapped(text, width));
  const height = Math.max(...cells.map((lines) => lines.length));
  const line = (index: number) =>
    cells
      .map((lines) => padded(lines[index] ?? '', width))
      .join(GAP)
      .trimEnd();
  return `${Array.from({ length: height }, (_, index) => line(index)).join('\n')}\n`;
}

/** Lines of at most `width` columns, each with the colours that hold on it. */
function wrapped(text: string, width: number): string[] {
  // Tabs have no width of their own.
  const spaced = text.trimEnd().replaceAll('\t', '    ');
  const lines = wrapAnsi(spaced, Number.MAX_SAFE_INTEGER, { trim: false }).split('\n');
  return lines.flatMap((line) => wrapAnsi(line, width, { hard: true, trim: false }).split('\n').map(withoutBreak));
}

/** The space at which a line was broken is not needed at the beginning of the next. */
function withoutBreak(line: string, index: number): string {
  return index === 0 ? line : line.replace(SPACE_AT_START, '$1');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are made of them
const SPACE_AT_START = /^((?:\u001b\[[\d;]*m)*) (?=\S)/;

function padded(line: string, width: number): string {
  return line + ' '.repeat(Math.max(0, width - stringWidth(line)));
}

import { REPEAT_AFTER } from './limits.js';
import type { InputFile } from './types.js';

/** The texts that make a question. */
export interface Sources {
  /** What the arguments say; null when they say nothing. */
  prompt: string | null;
  /** Null when nothing was read. */
  stdin: string | null;
  files: readonly InputFile[];
}

/**
 * The user's message: the instruction, then the data in fences, then the instruction again when the data is long.
 * Without an instruction a single text is the question itself. No text is altered.
 */
export function composeQuestion({ prompt, stdin, files }: Sources): string {
  const instruction = prompt ?? stdin;
  const lone = files.length === 1 ? files[0] : undefined;
  if (instruction === null && lone) return lone.text;

  const data = prompt !== null && stdin !== null ? [{ tag: 'stdin', attributes: '', text: stdin }] : [];
  for (const file of files) data.push({ tag: 'file', attributes: ` path="${escapeAttribute(file.path)}"`, text: file.text });

  const blocks = data.map(({ tag, attributes, text }) => fenced(tag, attributes, text));
  const paragraphs = instruction === null ? blocks : [instruction, ...blocks];
  const length = data.reduce((sum, { text }) => sum + text.length, 0);
  if (instruction !== null && length > REPEAT_AFTER && instruction.length <= REPEAT_AFTER) paragraphs.push(instruction);
  return paragraphs.join('\n\n');
}

/** A plain fence; where the text holds a closing tag, a numbered one that the text can't close. */
function fenced(tag: string, attributes: string, text: string): string {
  let name = tag;
  for (let n = 1; new RegExp(`</${name}`, 'i').test(text); n++) name = `${tag}-${n}`;
  return `<${name}${attributes}>\n${text}\n</${name}>`;
}

function escapeAttribute(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/"/g, '&quot;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/[\r\n]/g, ' ');
}

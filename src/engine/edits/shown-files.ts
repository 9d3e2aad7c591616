import { type Message, messageText } from '../../core/message.js';
import { indexFrom, linesOf, solid } from './lines.js';

/** A file whose whole text stands in the conversation. */
export interface ShownFile {
  name: string;
  /** What is compared of its lines. */
  lines: string[];
}

/** What opens a file's text, and with it how it is closed: backquotes, or one of the tags that aider falls back to. */
const OPENING = /^(?:(`{3,})[\w+#.-]*|<(source|code|pre|codeblock|sourcecode)>)\s*$/;
/** A longer line names no file, in characters. */
const MAX_NAME = 1_000;
/** aider says so above the files of a chat, which it sends anew with every turn. Text that others show may be a part, or old. */
const WHOLE_AND_FRESH = '*Trust this message as the true contents';

/** The files that a user's turn shows as they are now: each name alone on a line, then the text in a fence. */
export function shownFiles(messages: readonly Message[]): ShownFile[] {
  const turn = messages.findLast((message) => message.role === 'user' && messageText(message).includes(WHOLE_AND_FRESH));
  return turn ? [...listings(linesOf(messageText(turn)))] : [];
}

/** The line that opens and the beginning of the one that closes a fence; null for any other line. */
export function fenceOf(line: string): { opening: string; closing: string } | null {
  const [, quotes, tag] = OPENING.exec(line) ?? [];
  if (quotes !== undefined) return { opening: quotes, closing: quotes };
  return tag === undefined ? null : { opening: `<${tag}>`, closing: `</${tag}>` };
}

function* listings(lines: readonly string[]): Iterable<ShownFile> {
  for (let i = 1; i < lines.length; i++) {
    const fence = fenceOf(lines[i] ?? '');
    if (!fence) continue;
    const name = (lines[i - 1] ?? '').trim();
    const end = indexFrom(lines, i + 1, (line) => line.startsWith(fence.closing));
    if (name !== '') yield { name, lines: solid(lines.slice(i + 1, end < 0 ? undefined : end)) };
    if (end < 0) return;
    i = end;
  }
}

/** The shown file that a name in an answer means, whatever stands around it; null where none has this name. */
export function fileNamed<File extends ShownFile>(files: readonly File[], name: string): File | null {
  if (name.length > MAX_NAME) return null;
  const bare = name
    .trim()
    .replace(/^[#\s`*"']+|[\s`*"':]+$/g, '')
    .replaceAll('\\_', '_');
  return files.find((file) => file.name === bare) ?? files.find((file) => base(file.name) === base(bare)) ?? null;
}

function base(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

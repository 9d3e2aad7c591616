import type { Message } from '../../core/message.js';

/** Blocks that agents put behind the results of tools, without anybody having said anything: Claude Code and opencode, cline and Roo Code. */
const BLOCKS = ['system-reminder', 'system_reminder', 'environment_details'] as const;

/** opencode and Claude Code tell in such a block, too, what the user has said while they were at work. */
const SAYS_SOMETHING = /\buser (?:has )?(?:sent|said|says|wrote|added)\b/i;

/** How pi and opencode hand in the pictures of a tool's result. */
const PICTURES = /^attached (?:image\(s\)|images?|media) from (?:the )?tool results?:?$/i;

/** True for a user's message that the agent has written, and that only reminds: nothing new is asked. */
export function isReminder({ role, content }: Message): boolean {
  if (role !== 'user' || content === null) return false;
  if (typeof content === 'string') return onlyReminds(content);
  const texts = content.flatMap((part) => (part.type === 'text' ? [part.text] : []));
  if (texts.length === 0) return false;
  const hasPictures = texts.length < content.length;
  return texts.every((text) => onlyReminds(text) || (hasPictures && isHeading(text))) && (!hasPictures || texts.some(isHeading));
}

function isHeading(text: string): boolean {
  return PICTURES.test(text.slice(0, 100).trim());
}

/** Nothing but whole blocks. One that is not closed is taken for the user's words. */
function onlyReminds(text: string): boolean {
  let rest = text.trim();
  if (rest === '') return false;
  while (rest !== '') {
    const name = BLOCKS.find((block) => rest.startsWith(`<${block}>`));
    if (name === undefined) return false;
    const end = rest.indexOf(`</${name}>`);
    if (end < 0 || SAYS_SOMETHING.test(rest.slice(0, end))) return false;
    rest = rest.slice(end + name.length + '</>'.length).trimStart();
  }
  return true;
}

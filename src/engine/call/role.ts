import type { Message } from '../../core/message.js';
import { appendText } from '../../core/message.js';
import type { Member } from '../../core/mixture.js';

/** The conversation as `member` sees it, with the text of its role. Without a role, the very same array. */
export function inRole(member: Member, messages: readonly Message[]): readonly Message[] {
  return member.role ? withSystemText(messages, member.role.text) : messages;
}

/** The conversation with a text after its own system prompt, which stays as it is. */
export function withSystemText(messages: readonly Message[], text: string): readonly Message[] {
  const [first, ...rest] = messages;
  if (first && (first.role === 'system' || first.role === 'developer')) return [appendText(first, text), ...rest];
  return [{ role: 'system', content: text }, ...messages];
}

import type { Message } from '../../core/message.js';
import type { Member } from '../../core/mixture.js';

/**
 * The conversation as `member` sees it: a role's text goes after the conversation's own system prompt, which stays as
 * it is. Without a role, the very same array.
 */
export function inRole(member: Member, messages: readonly Message[]): readonly Message[] {
  if (!member.role) return messages;
  const { text } = member.role;
  const [first, ...rest] = messages;
  if (first && (first.role === 'system' || first.role === 'developer') && typeof first.content === 'string') {
    return [{ ...first, content: `${first.content}\n\n${text}` }, ...rest];
  }
  return [{ role: 'system', content: text }, ...messages];
}

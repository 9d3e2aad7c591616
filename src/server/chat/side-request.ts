import type { SideRule } from '../../config/wishes.js';
import { type Message, messageText } from '../../core/message.js';

/**
 * The rule that recognises a request that a client makes beside the conversation (a title, a commit message, a
 * summary); null when it is none. The first rule that fits counts.
 * @param offersTools an agent at work, which may have anything in its prompts: only rules that say so count for it
 */
export function sideRuleFor(rules: readonly SideRule[], messages: readonly Message[], offersTools: boolean): SideRule | null {
  const possible = offersTools ? rules.filter(({ tools }) => tools) : rules;
  if (possible.length === 0) return null;
  const texts = messages.map(messageText);
  const characters = texts.reduce((sum, text) => sum + text.length, 0);
  const short = possible.filter((rule) => rule.maxCharacters === null || characters <= rule.maxCharacters);
  if (short.length === 0) return null;
  const ofRole = (role: Message['role']) => texts.filter((_, i) => messages[i]?.role === role).map((text) => text.toLowerCase());
  const system = ofRole('system').join('\n');
  const user = ofRole('user').at(-1) ?? '';
  return short.find((rule) => holds(system, rule.system) && holds(user, rule.user)) ?? null;
}

function holds(text: string, wanted: string | null): boolean {
  return wanted === null || text.includes(wanted.toLowerCase());
}

import { type Message, messageText } from '../../src/core/message.js';
import type { ScriptedClient } from './scripted-client.js';

/** What the n-th call of a model got: its system text and its last turn. */
export function promptOf(client: ScriptedClient, model: string, n = 1): { system: string; last: string; roles: string[] } {
  const messages = client.requests.filter((request) => request.model === model)[n - 1]?.messages ?? [];
  const system = messages.filter(isSystem).map(messageText).join('\n');
  const last = messages.at(-1);
  return { system, last: last ? messageText(last) : '', roles: messages.map((message) => (isSystem(message) ? 'system' : message.role)) };
}

/** What stands between marks of one kind in a prompt, in order. */
export function between(text: string, mark: string, nonce = 'n0nce'): string[] {
  return [...text.matchAll(new RegExp(`<${mark} (\\S+) ${nonce}>\\n([\\s\\S]*?)\\n</${mark} \\1 ${nonce}>`, 'g'))].map(
    (match) => match[2] ?? '',
  );
}

function isSystem({ role }: Message): boolean {
  return role === 'system' || role === 'developer';
}

import { appendText, type Message, messageText } from '../../core/message.js';
import { candidatesBlock, criticInstructions } from '../../prompts/index.js';
import { type Candidate, fenceCandidates } from './candidates.js';

/**
 * What the critic gets: stable instructions, the conversation as it was, and the candidates inside the last user turn,
 * after its own text. No two turns in a row have the same role, and no candidate stands in a system turn.
 */
export function criticPrompt(conversation: readonly Message[], candidates: readonly Candidate[], drawNonce: () => string): Message[] {
  const { nonce, text } = fenceCandidates(candidates, conversation, drawNonce);
  const block = candidatesBlock({ count: String(candidates.length), nonce, candidates: text });
  return stagePrompt(criticInstructions(), conversation, block);
}

/** Instructions as the first system turn, the conversation as it was, `block` inside the last user turn. */
export function stagePrompt(instructions: string, conversation: readonly Message[], block: string): Message[] {
  const turns = alternating([{ role: 'system', content: instructions }, ...conversation]);
  const last = turns.at(-1);
  if (last?.role === 'user') return [...turns.slice(0, -1), appendText(last, block)];
  return [...turns, { role: 'user', content: block }];
}

/** Joins neighbours of one role. Tool results stay apart: each belongs to a call of its own. */
function alternating(messages: readonly Message[]): Message[] {
  const turns: Message[] = [];
  for (const message of messages) {
    const previous = turns.at(-1);
    if (previous && sameTurn(previous, message)) turns[turns.length - 1] = joined(previous, message);
    else turns.push(message);
  }
  return turns;
}

function sameTurn(a: Message, b: Message): boolean {
  if (a.tool_calls || b.tool_calls || a.role === 'tool') return false;
  return turnRole(a) === turnRole(b);
}

function turnRole(message: Message): string {
  return message.role === 'developer' ? 'system' : message.role;
}

function joined(a: Message, b: Message): Message {
  if (typeof b.content === 'string' || b.content === null) return appendText(a, messageText(b));
  const own = typeof a.content === 'string' ? [{ type: 'text' as const, text: a.content }] : (a.content ?? []);
  return { ...a, content: [...own, ...b.content] };
}

import { appendText, type Message, messageText } from '../../core/message.js';
import type { StablePrefix } from '../../core/model-client.js';
import { candidatesBlock, criticInstructions } from '../../prompts/index.js';
import { NO_TOOLS, type ToolUse } from '../../prompts/tools.js';
import { type Candidate, fenceCandidates } from './candidates.js';

/** A prompt whose last user turn ends with a block, and what of it does not depend on the block. */
export interface StagePrompt {
  messages: Message[];
  stable: StablePrefix;
}

/**
 * What the critic gets: stable instructions, the conversation as it was, and the candidates inside the last user turn,
 * after its own text. No two turns in a row have the same role, and no candidate stands in a system turn.
 */
export function criticPrompt(
  conversation: readonly Message[],
  candidates: readonly Candidate[],
  drawNonce: () => string,
  use: ToolUse = NO_TOOLS,
): StagePrompt {
  const { nonce, text } = fenceCandidates(candidates, conversation, drawNonce);
  const block = candidatesBlock({ count: String(candidates.length), nonce, candidates: text }, use.acts);
  return endingWith(block, openingTurns(criticInstructions(use.offered), conversation));
}

/** Instructions as the first system turn, the conversation as it was, `block` inside the last user turn. */
export function stagePrompt(instructions: string, conversation: readonly Message[], block: string): Message[] {
  return endingWith(block, openingTurns(instructions, conversation)).messages;
}

/** Instructions as the first system turn, then the conversation as it was. */
export function openingTurns(instructions: string, conversation: readonly Message[]): Message[] {
  return alternating([{ role: 'system', content: instructions }, ...conversation]);
}

/** The turns with `block` inside the last one of the user's, or in one of its own. */
export function endingWith(block: string, turns: readonly Message[]): StagePrompt {
  const last = turns.at(-1);
  if (last?.role !== 'user') return { messages: [...turns, { role: 'user', content: block }], stable: whole(turns) };
  const before = turns.slice(0, -1);
  return { messages: [...before, appendText(last, block)], stable: upTo(last.content, turns) ?? whole(before) };
}

/** All turns with the last one's own content; null where that is nothing. */
function upTo(content: Message['content'], turns: readonly Message[]): StablePrefix | null {
  if (content === null || content.length === 0) return null;
  const { messages } = whole(turns);
  return typeof content === 'string' ? { messages, characters: content.length } : { messages, characters: null, parts: content.length };
}

function whole(turns: readonly Message[]): StablePrefix {
  return { messages: turns.length, characters: null };
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

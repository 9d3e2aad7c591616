import { type ContentPart, type Message, messageText } from '../../core/message.js';

/** The same conversation is asked for by every call of a run. */
const flattened = new WeakMap<readonly Message[], readonly Message[]>();

/**
 * A conversation for a model that gets no tools: providers refuse tool calls and their results then, so both become
 * text. The same beginning always becomes the same text. Where no tool was called, the very same array.
 */
export function withoutTools(messages: readonly Message[]): readonly Message[] {
  const known = flattened.get(messages);
  if (known) return known;
  const flat = messages.some(isOfTools) ? flatten(messages) : messages;
  flattened.set(messages, flat);
  return flat;
}

function isOfTools({ role, tool_calls, tool_call_id }: Message): boolean {
  return role === 'tool' || tool_calls !== undefined || tool_call_id !== undefined;
}

function flatten(messages: readonly Message[]): Message[] {
  const names = new Map<string, string>();
  const turns: Message[] = [];
  let wasFlattened = false;
  for (const message of messages) {
    for (const call of message.tool_calls ?? []) names.set(call.id, call.function.name);
    const turn = isOfTools(message) ? asText(message, names) : message;
    const previous = turns.at(-1);
    // Turns that alternated with tools between them shall alternate without: strict chat templates demand it.
    const joins: boolean = previous?.role === turn.role && (wasFlattened || turn !== message);
    if (previous && joins) turns[turns.length - 1] = { ...previous, content: both(previous.content, turn.content) };
    else turns.push(turn);
    wasFlattened = turn !== message || (joins && wasFlattened);
  }
  return turns;
}

function asText(message: Message, names: ReadonlyMap<string, string>): Message {
  const { role, content, tool_calls = [], tool_call_id, ...rest } = message;
  if (role === 'tool') {
    const name = names.get(tool_call_id ?? '') ?? message.name ?? 'a tool';
    const head = `[result of ${name}]`;
    const { name: _, ...unnamed } = rest;
    const result = Array.isArray(content) ? [{ type: 'text' as const, text: head }, ...content] : `${head}\n${content ?? ''}`;
    return { ...unnamed, role: 'user', content: result };
  }
  const calls = tool_calls.map((call) => `[called ${call.function.name} with ${call.function.arguments}]`).join('\n');
  if (calls === '') return { ...rest, role, content };
  return { ...rest, role, content: messageText(message) === '' && !Array.isArray(content) ? calls : both(content, calls) };
}

function both(a: Message['content'], b: Message['content']): Message['content'] {
  if (typeof a === 'string' && typeof b === 'string') return `${a}\n\n${b}`;
  return [...parts(a), ...parts(b)];
}

function parts(content: Message['content']): ContentPart[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : (content ?? []);
}

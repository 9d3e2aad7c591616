import type { WireToolCall } from './tool.js';

/** The client's mark of where a provider's prompt cache may end; passed on to the letter. */
interface CacheMark {
  cache_control?: Record<string, unknown>;
}

/** One part of a message whose content is a list. Files and sound are passed on to the letter, as images are. */
export type ContentPart = CacheMark &
  (
    | { type: 'text'; text: string }
    | { type: 'image_url'; image_url: { url: string; detail?: 'auto' | 'low' | 'high' } }
    | { type: 'file'; file: Record<string, unknown> }
    | { type: 'input_audio'; input_audio: Record<string, unknown> }
  );

export type MessageRole = 'system' | 'developer' | 'user' | 'assistant' | 'tool';

/** A chat message in the shape of the OpenAI chat API. */
export interface Message {
  role: MessageRole;
  content: string | ContentPart[] | null;
  name?: string;
  tool_call_id?: string;
  tool_calls?: readonly WireToolCall[];
}

/** The text of a message, its text parts joined by a newline; images are left out. */
export function messageText(message: Message): string {
  if (typeof message.content === 'string') return message.content;
  const texts: string[] = [];
  for (const part of message.content ?? []) if (part.type === 'text') texts.push(part.text);
  return texts.join('\n');
}

/** A copy of `message` with `text` after its own text, for string and list content alike. */
export function appendText(message: Message, text: string): Message {
  if (message.content === null) return { ...message, content: text };
  if (typeof message.content === 'string') return { ...message, content: `${message.content}\n\n${text}` };
  return { ...message, content: [...message.content, { type: 'text', text }] };
}

/** True when any message carries an image. */
export function hasImages(messages: readonly Message[]): boolean {
  return messages.some((m) => Array.isArray(m.content) && m.content.some((p) => p.type === 'image_url'));
}

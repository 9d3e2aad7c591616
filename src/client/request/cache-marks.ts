import type { ContentPart, Message } from '../../core/message.js';
import type { CallRequest, StablePrefix } from '../../core/model-client.js';
import { isRecord } from '../../core/record.js';

const MARK = { type: 'ephemeral' } as const;

/**
 * The messages with a cache mark on the last text of the stable prefix, so that the provider keeps its prompt up to there.
 * A client that has set marks knows better, and at most 4 are allowed: then nothing is added.
 */
export function markedMessages(request: CallRequest, body: Record<string, unknown>): readonly Message[] {
  const { messages, stable, tools } = request;
  if (stable === null || stable.messages === 0 || 'cache_control' in body) return messages;
  if (messages.some(isMarked) || tools?.tools.some((tool) => 'cache_control' in tool)) return messages;
  for (let at = Math.min(stable.messages, messages.length) - 1; at >= 0; at--) {
    const content = markedContent(messages[at]?.content ?? null, at === stable.messages - 1 ? stable : null);
    if (content !== null) return messages.map((message, i) => (i === at ? { ...message, content } : message));
  }
  return messages;
}

function isMarked(message: Message): boolean {
  if ('cache_control' in message) return true;
  return Array.isArray(message.content) && message.content.some((part) => isRecord(part) && 'cache_control' in part);
}

/** Null where there is no text to mark: an empty one is refused. */
function markedContent(content: Message['content'], stable: StablePrefix | null): ContentPart[] | null {
  if (content === null) return null;
  if (typeof content === 'string') {
    const end = stable?.characters ?? content.length;
    const [text, rest] = [content.slice(0, end), content.slice(end)];
    if (text.trim() === '') return null;
    return [{ type: 'text', text, cache_control: MARK }, ...(rest === '' ? [] : [{ type: 'text' as const, text: rest }])];
  }
  const last = content.slice(0, stable?.parts).findLastIndex((part) => part.type === 'text' && part.text.trim() !== '');
  return last < 0 ? null : content.map((part, i) => (i === last ? { ...part, cache_control: MARK } : part));
}

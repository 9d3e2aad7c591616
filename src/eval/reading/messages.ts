import { type ContentPart, type Message, type MessageRole, messageText } from '../../core/message.js';
import { isRecord } from '../../core/record.js';
import type { WireToolCall } from '../../core/tool.js';
import { invalid, kindOfValue } from './trouble.js';

const ROLES: readonly string[] = ['system', 'developer', 'user', 'assistant', 'tool'] satisfies MessageRole[];
const PARTS: readonly string[] = ['text', 'image_url', 'file', 'input_audio'] satisfies ContentPart['type'][];
const SHAPE = 'write messages as the OpenAI chat API takes them: [{"role": "user", "content": "..."}]';

/**
 * A conversation in the shape of the OpenAI chat API that ends in a question.
 * @param where the place, for messages: `FILE, line 3`
 * @throws MomError `input_invalid` that names the message
 */
export function readMessages(value: unknown, where: string): Message[] {
  if (!Array.isArray(value)) throw invalid(where, `messages must be a list, not ${kindOfValue(value)}`, SHAPE);
  const messages = value.map((item, i) => readMessage(item, `messages[${i}]`, where));
  const question = messages.findLast(({ role }) => role === 'user');
  if (question === undefined) throw invalid(where, 'messages hold no turn of a user', SHAPE);
  if (messageText(question).trim() === '' && typeof question.content === 'string')
    throw invalid(where, "the user's last turn is empty", 'say what is asked');
  return messages;
}

function readMessage(item: unknown, place: string, where: string): Message {
  if (!isRecord(item)) throw invalid(where, `${place} must be an object, not ${kindOfValue(item)}`, SHAPE);
  const { role, content, name, tool_call_id, tool_calls } = item;
  if (typeof role !== 'string' || !ROLES.includes(role))
    throw invalid(where, `${place}.role must be one of ${ROLES.join(', ')}, not ${JSON.stringify(role) ?? 'nothing'}`, SHAPE);
  return {
    role: role as MessageRole,
    content: readContent(content, `${place}.content`, where),
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof tool_call_id === 'string' ? { tool_call_id } : {}),
    ...(Array.isArray(tool_calls) ? { tool_calls: tool_calls.map((call, i) => readCall(call, `${place}.tool_calls[${i}]`, where)) } : {}),
  };
}

function readContent(value: unknown, place: string, where: string): Message['content'] {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) throw invalid(where, `${place} must be a text or a list of parts, not ${kindOfValue(value)}`, SHAPE);
  return value.map((part, i) => readPart(part, `${place}[${i}]`, where));
}

function readPart(part: unknown, place: string, where: string): ContentPart {
  if (!isRecord(part) || typeof part.type !== 'string' || !PARTS.includes(part.type))
    throw invalid(where, `${place} must be an object whose type is one of ${PARTS.join(', ')}`, SHAPE);
  const held = part[part.type];
  const isImage = part.type === 'image_url';
  const fits = part.type === 'text' ? typeof held === 'string' : isRecord(held) && (!isImage || typeof held.url === 'string');
  if (!fits)
    throw invalid(
      where,
      `${place}.${part.type} must be ${part.type === 'text' ? 'a text' : isImage ? 'an object with a url' : 'an object'}`,
      SHAPE,
    );
  return part as unknown as ContentPart;
}

function readCall(call: unknown, place: string, where: string): WireToolCall {
  const called = isRecord(call) && isRecord(call.function) ? call.function : null;
  if (
    isRecord(call) &&
    called !== null &&
    typeof called.name === 'string' &&
    typeof called.arguments === 'string' &&
    typeof call.id === 'string'
  )
    return { id: call.id, type: 'function', function: { name: called.name, arguments: called.arguments } };
  throw invalid(where, `${place} must have an id and a function with name and arguments`, SHAPE);
}

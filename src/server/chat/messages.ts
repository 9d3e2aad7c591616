import type { Message, MessageRole } from '../../core/message.js';
import { isRecord } from '../../core/record.js';
import type { WireToolCall } from '../../core/tool.js';
import { readContent } from './content.js';
import { invalid, type Json, kindOf, requiredText } from './fields.js';

/** Roles of clients, and under which name they are passed on. */
const ROLES: Readonly<Record<string, MessageRole>> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  assistant: 'assistant',
  tool: 'tool',
  function: 'tool',
};

/**
 * A conversation as clients send it, in one form: what a model thought is left out, the older form of function calls
 * is told in the newer one. @throws ApiError that names the place
 */
export function readMessages(value: unknown): Message[] {
  if (!Array.isArray(value)) throw invalid('messages', `must be a list, not ${kindOf(value)}`);
  if (value.length === 0) throw invalid('messages', 'is empty', 'send at least one message');
  const messages: Message[] = [];
  /** Results of the older form name no call: they belong to the last one made. */
  let functionCall = 'call_0';
  for (const [i, item] of value.entries()) {
    const param = `messages[${i}]`;
    if (!isRecord(item)) throw invalid(param, `must be an object, not ${kindOf(item)}`);
    const role = readRole(item.role, param);
    if (isRecord(item.function_call)) functionCall = `call_${i}`;
    if (role === 'assistant') messages.push(assistant(item, i, param));
    else if (role === 'tool') messages.push(toolResult(item, functionCall, param));
    else messages.push({ role, content: readContent(item.content, `${param}.content`) ?? '', ...nameOf(item) });
  }
  return messages;
}

function readRole(role: unknown, param: string): MessageRole {
  const known = typeof role === 'string' && Object.hasOwn(ROLES, role) ? ROLES[role] : undefined;
  if (known) return known;
  const what = typeof role === 'string' ? `is '${role}', which is no role` : `must be a text, not ${kindOf(role)}`;
  throw invalid(`${param}.role`, what, 'use system, developer, user, assistant or tool');
}

function assistant(item: Json, index: number, param: string): Message {
  const calls = toolCalls(item, index, param);
  const content = readContent(item.content, `${param}.content`) ?? (typeof item.refusal === 'string' ? item.refusal : null);
  const said = calls.length > 0 && content === '' ? null : content;
  return {
    role: 'assistant',
    content: calls.length > 0 ? said : (content ?? ''),
    ...nameOf(item),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  };
}

function toolCalls(item: Json, index: number, param: string): WireToolCall[] {
  const list = item.tool_calls ?? [];
  if (!Array.isArray(list)) throw invalid(`${param}.tool_calls`, `must be a list, not ${kindOf(list)}`);
  if (list.length === 0 && isRecord(item.function_call)) return [wireCall(item.function_call, `call_${index}`, `${param}.function_call`)];
  return list.map((call, i) => toolCall(call, `call_${index}_${i}`, `${param}.tool_calls[${i}]`));
}

function toolCall(call: unknown, fallbackId: string, param: string): WireToolCall {
  if (!isRecord(call)) throw invalid(param, `must be an object, not ${kindOf(call)}`);
  if (!isRecord(call.function)) throw invalid(`${param}.function`, `must be an object, not ${kindOf(call.function)}`);
  const id = typeof call.id === 'string' && call.id !== '' ? call.id : fallbackId;
  return wireCall(call.function, id, `${param}.function`);
}

function wireCall(called: Json, id: string, param: string): WireToolCall {
  const name = requiredText(called.name, `${param}.name`);
  return { id, type: 'function', function: { name, arguments: argumentsOf(called.arguments, `${param}.arguments`) } };
}

/** Some clients give the object itself in place of its JSON, or nothing where there are none. */
function argumentsOf(value: unknown, param: string): string {
  if (value === null || value === undefined || value === '') return '{}';
  if (typeof value === 'string') return value;
  if (isRecord(value)) return JSON.stringify(value);
  throw invalid(param, `must be a JSON text, not ${kindOf(value)}`);
}

function toolResult(item: Json, functionCall: string, param: string): Message {
  const content = readContent(item.content, `${param}.content`) ?? '';
  const id = item.role === 'function' ? functionCall : requiredText(item.tool_call_id, `${param}.tool_call_id`);
  return { role: 'tool', content, ...nameOf(item), tool_call_id: id };
}

function nameOf({ name }: Json): { name?: string } {
  return typeof name === 'string' && name !== '' ? { name } : {};
}

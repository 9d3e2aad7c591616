import { type CallErrorInfo, type ErrorInfo, errorLine } from '../../core/error.js';
import type { ContentPart, Message } from '../../core/message.js';
import type { ToolCall } from '../../core/tool.js';
import type { CostSource, Usage } from '../../core/usage.js';
import { fenced, inline } from './markdown.js';

export function messagesText(messages: readonly Message[]): string {
  return messages.map(messageText).join('\n\n');
}

function messageText({ role, content, tool_call_id, tool_calls = [] }: Message): string {
  const which = tool_call_id === undefined ? '' : ` (the result of ${inline(tool_call_id)})`;
  const calls = tool_calls.map((call) => ({ id: call.id, ...call.function }));
  const parts = [...(content === null && calls.length > 0 ? [] : [fenced(contentText(content))]), ...toolCallsText(calls)];
  return [`**${role}**${which}`, ...parts].join('\n\n');
}

/** Each call with its arguments as the model wrote them; nothing where there is none. */
export function toolCallsText(calls: readonly ToolCall[]): string[] {
  return calls.map((call) => `calls ${inline(call.name)} (${inline(call.id)}):\n\n${fenced(call.arguments)}`);
}

function contentText(content: Message['content']): string | null {
  if (content === null || typeof content === 'string') return content;
  return content.map(partText).join('\n');
}

function partText(part: ContentPart): string {
  if (part.type === 'text') return part.text;
  if (part.type !== 'image_url') return `[${part.type}, ${JSON.stringify(part).length} characters of data]`;
  const data = /^data:([^;,]+)[^,]*,/.exec(part.image_url.url);
  return data ? `[image: ${data[1]}, ${part.image_url.url.length - data[0].length} characters of data]` : `[image: ${part.image_url.url}]`;
}

export function errorText(error: ErrorInfo | CallErrorInfo): string {
  const status = 'status' in error && error.status !== null ? ` (HTTP ${error.status})` : '';
  return `${error.code}${status}: ${errorLine(error)}`;
}

export function usageText(usage: Usage): string {
  const reasoning = usage.reasoning_tokens > 0 ? ` (${usage.reasoning_tokens} reasoning)` : '';
  const cached = usage.cached_input_tokens > 0 ? ` (${usage.cached_input_tokens} cached)` : '';
  return `${usage.input_tokens} in${cached}, ${usage.output_tokens} out${reasoning}`;
}

export function costText(usd: number | null, source: CostSource): string {
  if (usd === null) return 'unknown';
  const amount = `$${usd.toFixed(10).replace(/\.?0+$/, '')}`;
  return source === 'partial' ? `at least ${amount}` : `${amount} ${source}`;
}

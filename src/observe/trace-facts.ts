import type { CallErrorInfo, ErrorInfo } from '../core/error.js';
import type { ContentPart, Message } from '../core/message.js';
import type { CostSource, Usage } from '../core/usage.js';
import { fenced } from './markdown.js';

export function messagesText(messages: readonly Message[]): string {
  return messages.map((message) => `**${message.role}**\n\n${fenced(contentText(message.content))}`).join('\n\n');
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
  return `${error.code}${status}: ${error.message}${error.hint === null ? '' : `; ${error.hint}`}`;
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

import type { ContentPart, Message } from '../../core/message.js';
import { isRecord } from '../../core/record.js';
import { invalid, type Json, kindOf } from './fields.js';

const DETAILS: readonly unknown[] = ['auto', 'low', 'high'];

/** Parts in which clients keep what a model thought: no part of a conversation. */
const THOUGHTS: readonly unknown[] = ['reasoning', 'thinking', 'redacted_thinking'];

/** What a message says: a text, parts, or nothing. @throws ApiError that names the part */
export function readContent(value: unknown, param: string): Message['content'] {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) throw invalid(param, `must be a text or a list of parts, not ${kindOf(value)}`);
  const parts = value.flatMap((part, i) => readPart(part, `${param}[${i}]`) ?? []);
  return parts.length === 0 ? null : parts;
}

/** Null for a part that is left out. */
function readPart(part: unknown, param: string): ContentPart | null {
  if (typeof part === 'string') return { type: 'text', text: part };
  if (!isRecord(part)) throw invalid(param, `must be an object, not ${kindOf(part)}`);
  if (THOUGHTS.includes(part.type)) return null;
  const mark = isRecord(part.cache_control) ? { cache_control: part.cache_control } : {};
  switch (part.type) {
    case 'text':
    case 'input_text':
    case 'output_text':
      return { type: 'text', text: textOf(part, 'text', param), ...mark };
    case 'refusal':
      return { type: 'text', text: textOf(part, 'refusal', param), ...mark };
    case 'image_url':
      return { type: 'image_url', image_url: imageOf(part.image_url, `${param}.image_url`), ...mark };
    case 'file':
      return { type: 'file', file: objectOf(part, 'file', param), ...mark };
    case 'input_audio':
      return { type: 'input_audio', input_audio: objectOf(part, 'input_audio', param), ...mark };
  }
  const type = typeof part.type === 'string' ? `'${part.type}'` : kindOf(part.type);
  throw invalid(`${param}.type`, `is ${type}, which is no part that can be passed on`, 'use text, image_url, input_audio or file');
}

function textOf(part: Json, name: string, param: string): string {
  const text = part[name];
  if (typeof text === 'string') return text;
  throw invalid(`${param}.${name}`, `must be a text, not ${kindOf(text)}`);
}

function objectOf(part: Json, name: string, param: string): Json {
  const value = part[name];
  if (isRecord(value)) return value;
  throw invalid(`${param}.${name}`, `must be an object, not ${kindOf(value)}`);
}

function imageOf(value: unknown, param: string): { url: string; detail?: 'auto' | 'low' | 'high' } {
  if (typeof value === 'string' && value !== '') return { url: value };
  if (!isRecord(value)) throw invalid(param, `must be an address or an object with one, not ${kindOf(value)}`);
  const { url, detail } = value;
  if (typeof url !== 'string' || url === '') throw invalid(`${param}.url`, 'must be an address, such as one that begins with data:');
  return DETAILS.includes(detail) ? { url, detail: detail as 'auto' | 'low' | 'high' } : { url };
}

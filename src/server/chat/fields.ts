import { isRecord } from '../../core/record.js';
import { ApiError } from '../errors.js';

export type Json = Record<string, unknown>;

/** What is wrong with one field of the body. @param param its path: `messages[3].content` */
export function invalid(param: string, problem: string, hint?: string): ApiError {
  return new ApiError('invalid_request', `${param} ${problem}`, { param, ...(hint === undefined ? {} : { hint }) });
}

/** What a value is, for a sentence: `a number`. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** Null counts as absent, here and below. @throws ApiError when it is something else */
export function optionalNumber(body: Json, name: string): number | undefined {
  const value = body[name] ?? undefined;
  if (value === undefined || (typeof value === 'number' && Number.isFinite(value))) return value;
  throw invalid(name, typeof value === 'number' ? 'is too large a number' : `must be a number, not ${kindOf(value)}`);
}

export function optionalInteger(body: Json, name: string): number | undefined {
  const value = optionalNumber(body, name);
  if (value === undefined || Number.isSafeInteger(value)) return value;
  throw invalid(name, `must be a whole number, not ${value}`);
}

export function optionalBoolean(body: Json, name: string, param = name): boolean | undefined {
  const value = body[name] ?? undefined;
  if (value === undefined || typeof value === 'boolean') return value;
  throw invalid(param, `must be true or false, not ${kindOf(value)}`);
}

export function optionalObject(body: Json, name: string, param = name): Json | undefined {
  const value = body[name] ?? undefined;
  if (value === undefined || isRecord(value)) return value;
  throw invalid(param, `must be an object, not ${kindOf(value)}`);
}

export function optionalList(body: Json, name: string, param = name): unknown[] | undefined {
  const value = body[name] ?? undefined;
  if (value === undefined || Array.isArray(value)) return value;
  throw invalid(param, `must be a list, not ${kindOf(value)}`);
}

/** A text that is there and not empty. */
export function requiredText(value: unknown, param: string): string {
  if (typeof value !== 'string') throw invalid(param, `must be a text, not ${kindOf(value)}`);
  if (value === '') throw invalid(param, 'is empty');
  return value;
}

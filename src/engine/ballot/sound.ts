import { isTampered } from '../../core/extract/index.js';
import { messageText } from '../../core/message.js';
import type { CallRecord } from '../../core/run.js';
import type { RunContext } from '../context.js';

/**
 * True for an answer that may decide something: not cut off at its length, where it is not known what it would have come
 * to, not made to harm its reader, more than the question said again, and of the form that was asked for.
 */
export function isSound({ text, finish_reason }: CallRecord, { request, format }: Pick<RunContext, 'request' | 'format'>): boolean {
  if (finish_reason === 'length' || isTampered(text ?? '')) return false;
  if (format && format.check(text ?? '').json === null) return false;
  const last = request.messages.findLast((message) => message.role === 'user');
  return last === undefined || (text ?? '').trim() !== messageText(last).trim();
}

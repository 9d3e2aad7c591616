import { isTampered } from '../../core/extract/index.js';
import { messageText } from '../../core/message.js';
import type { CallRecord, RunRequest } from '../../core/run.js';

/**
 * True for an answer that may decide something: not cut off at its length, where it is not known what it would have come
 * to, not made to harm its reader, and more than the question said again.
 */
export function isSound({ text, finish_reason }: CallRecord, { messages }: RunRequest): boolean {
  if (finish_reason === 'length' || isTampered(text ?? '')) return false;
  const last = messages.findLast((message) => message.role === 'user');
  return last === undefined || (text ?? '').trim() !== messageText(last).trim();
}

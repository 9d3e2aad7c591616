import type { EvalKind } from '../../../core/eval/prompt.js';
import type { Message } from '../../../core/message.js';
import { formOf } from '../../../engine/plan/request-form.js';

/** The kind of work, by the rules that strategy `auto` goes by. */
export function kindOf(messages: readonly Message[]): EvalKind {
  return formOf({ messages }).task ?? 'other';
}

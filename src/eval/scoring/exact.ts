import type { EvalPrompt } from '../../core/eval/prompt.js';
import { extract } from '../../core/extract/index.js';
import type { ExtractorName } from '../../core/extract/rule.js';
import { messageText } from '../../core/message.js';
import { knownAnswer } from './reference-kind.js';

/** 1 right, 0 wrong; or why the reference can't tell, as the end of a sentence about it. */
export type Score = { score: 0 | 1 } | { unfit: string };

/**
 * Whether an answer comes to what the reference says: both are read by the extractor that strategy `vote` would read them
 * with, and compared in its canonical form. An answer in which nothing is found is wrong, and so is the question said again, whatever
 * it holds. What `vote` shuts out since it could harm another reader counts here by what it says: nobody reads it.
 * @param wanted kind of all answers; null: by the question, else by the form of the reference
 */
export function scoreByReference(
  { messages, reference }: Pick<EvalPrompt, 'messages' | 'reference'>,
  text: string,
  wanted: ExtractorName | null,
): Score {
  if (reference === null) return { unfit: 'there is none' };
  const known = knownAnswer(reference, messages, wanted);
  if ('unfit' in known) return known;
  const question = messages.findLast(({ role }) => role === 'user');
  if (question !== undefined && text.trim() === messageText(question).trim()) return { score: 0 };
  return { score: extract(known.kind, text) === known.answer ? 1 : 0 };
}

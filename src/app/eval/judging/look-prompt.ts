import type { EvalPrompt } from '../../../core/eval/prompt.js';
import { makeFence } from '../../../core/fence.js';
import { type Message, messageText } from '../../../core/message.js';
import { stagePrompt } from '../../../engine/synthesis/critic-prompt.js';
import { withoutTools } from '../../../engine/tools/without-tools.js';
import { type CompareTask, compareBlock, compareInstructions } from '../../../prompts/compare.js';

/** What a judge is shown. */
export interface Shown {
  prompt: EvalPrompt;
  first: string;
  second: string;
  /** For `why`: the label of what was found better. */
  better: 'A' | 'B' | null;
}

/**
 * What a judge gets: instructions, the conversation as it was, and both answers inside the last user turn, blind, between fences
 * that none of them can close. The reference is data like them: it comes from a file.
 */
export function lookPrompt({ prompt, first, second, better }: Shown, task: CompareTask, drawNonce: () => string): Message[] {
  const conversation = withoutTools(prompt.messages);
  const { reference } = prompt;
  const fence = makeFence([first, second, reference ?? '', ...conversation.map(messageText)], drawNonce);
  const given = reference === null ? [] : [fence.wrap('given', reference, 'reference')];
  const data = [...given, fence.wrap('A', first), fence.wrap('B', second)].join('\n\n');
  const block = compareBlock({ nonce: fence.nonce, data, hasReference: reference !== null, better }, task);
  return stagePrompt(compareInstructions(), conversation, block);
}

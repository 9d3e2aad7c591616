import { createHash } from 'node:crypto';
import type { EvalPrompt } from '../../../core/eval/prompt.js';
import type { Mixture } from '../../../core/mixture.js';
import { cacheKeys } from '../../../engine/cache/cache-key.js';

/** Grows when what is kept under a key means something else than before. */
const FORMAT = 1;

/** What of a contestant decides about its answers: everything but limits of time and money and names. */
export function recipeKey(mixture: Mixture, realm: string): string {
  return cacheKeys({ messages: [], mixture, stream: true }, realm, null).key;
}

/** Of what a prompt asks; its id and its reference play no part. */
export function questionKey({ messages }: Pick<EvalPrompt, 'messages'>): string {
  return hashOf([messages]);
}

/** Under which an answer is kept. */
export function answerKey(recipe: string, question: string): string {
  return hashOf(['answer', recipe, question]);
}

/** Under which what a user's command said of an answer is kept. */
export function checkKey(identity: string, { id, messages, reference, answer_file }: EvalPrompt, text: string): string {
  return hashOf(['check', identity, id, messages, reference, answer_file, text]);
}

function hashOf(parts: readonly unknown[]): string {
  return createHash('sha256')
    .update(JSON.stringify([FORMAT, ...parts]))
    .digest('hex');
}

import { createHash } from 'node:crypto';
import type { EvalPrompt } from '../../../core/eval/prompt.js';
import type { Mixture } from '../../../core/mixture.js';

/** Grows with the prompt and with what is read from its answer: judgements made otherwise are not used again. */
const VERSION = 1;

export interface LookedAt {
  /** Where the models are: the same id at another address is another judge. */
  realm: string;
  judge: Mixture;
  prompt: EvalPrompt;
  /** In the order in which they are shown. */
  first: string;
  second: string;
}

/**
 * Under which one look of a judge is kept. It names the texts as they are shown and not whose they are, so that a pair that is
 * turned round, or a contestant that is called something else, finds it again.
 */
export function lookKey(looked: LookedAt): string {
  return hash('look', looked, null);
}

/** Under which a judge's reason is kept. @param better which of the texts it was told is better */
export function reasonKey(looked: LookedAt, better: 'A' | 'B' | null): string {
  return hash('reason', looked, better);
}

function hash(what: string, { realm, judge, prompt, first, second }: LookedAt, better: string | null): string {
  const { messages, reference } = prompt;
  const asked = [VERSION, what, realm, recipeOf(judge), messages, reference, first, second, better];
  return createHash('sha256').update(JSON.stringify(asked)).digest('hex');
}

/** What of a judge decides about its verdicts; limits of time and money don't. */
function recipeOf({ single }: Mixture): unknown {
  if (single === null) return null;
  const { provider, model, params, extraBody } = single;
  return [provider, model, params, extraBody];
}

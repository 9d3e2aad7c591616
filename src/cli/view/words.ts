import type { AnswerSource } from '../../core/run.js';

/** Where the answer comes from, in a sentence. */
export function answerBy(source: AnswerSource, model: string | null): string {
  if (source === 'cache') return 'answer from the cache';
  if (source === 'critic') return `final answer by ${model ?? 'the critic'}`;
  const id = source.slice('proposal:'.length);
  return model === null ? `final answer: proposal ${id} as it is` : `final answer: proposal ${id} by ${model} as it is`;
}

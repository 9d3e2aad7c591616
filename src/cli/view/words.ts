import { formatDuration } from '../../core/duration.js';
import type { AnswerSource } from '../../core/run.js';

/** Where the answer comes from, in a sentence. */
export function answerBy(source: AnswerSource, model: string | null): string {
  if (source === 'cache') return 'answer from the cache';
  if (source === 'critic') return `final answer by ${model ?? 'the critic'}`;
  const id = source.slice('proposal:'.length);
  return model === null ? `final answer: proposal ${id} as it is` : `final answer: proposal ${id} by ${model} as it is`;
}

/** `1 prompt`, `1,200 prompts` */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? noun : `${noun}s`}`;
}

/** `850 ms`, `4.2 s`, `42 s`, `2 m 5 s` */
export function timeText(ms: number): string {
  return ms >= 1_000 && ms < 9_950 ? `${(ms / 1_000).toFixed(1)} s` : formatDuration(ms);
}

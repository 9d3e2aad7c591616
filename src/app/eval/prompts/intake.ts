import type { EvalPrompt } from '../../../core/eval/prompt.js';
import { drawSample } from '../../../eval/reading/draw-sample.js';
import { readPrompts } from '../../../eval/reading/prompts-file.js';
import type { HistoryPlace } from '../../history.js';
import type { PromptSource } from '../evaluation.js';
import { promptsFromLogs } from './from-logs.js';
import { kindOf } from './kind.js';

export interface Intake extends HistoryPlace {
  source: PromptSource;
  seed: number;
  sandbox: boolean;
}

/** The prompts of a source one by one, or a sample of them. @throws MomError as its reader does */
export function promptsOf({ source, seed, sandbox, ...place }: Intake): AsyncIterable<EvalPrompt> {
  if (source.from === 'logs') return promptsFromLogs(place, { since: source.since, sample: source.sample, seed, sandbox });
  return promptsFromFile(source.path, source.sample, seed);
}

async function* promptsFromFile(path: string, sample: number | null, seed: number): AsyncGenerator<EvalPrompt> {
  const drawn = sample === null ? null : drawSample(await countPrompts(path), sample, seed);
  let index = 0;
  for await (const { prompt } of readPrompts(path, { kindOf })) {
    if (drawn === null || drawn.has(index)) yield prompt;
    index += 1;
  }
}

/** A file is read twice where a sample is drawn, so that its prompts need not be held. */
async function countPrompts(path: string): Promise<number> {
  let count = 0;
  for await (const _ of readPrompts(path, { kindOf: () => 'other' })) count += 1;
  return count;
}

import { estimateTextTokens, estimateTokens } from '../../core/estimate.js';
import type { Message } from '../../core/message.js';
import type { CallRecord, RunResult } from '../../core/run.js';
import { wholeCost } from './answer.js';

/** Tokens in the shape of the OpenAI chat API. */
export interface ChatUsage {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
  prompt_tokens_details: { cached_tokens: number };
  completion_tokens_details: { reasoning_tokens: number };
  /** US dollars of the whole run; left out where they are not known. */
  cost?: number;
}

/**
 * The client's prompt and the answer it got, by which agents decide when their history is too long: the smallest prompt
 * among the calls that read the conversation, and what the writer of the answer wrote. Counts are the providers' where
 * one of them told, else estimated.
 * @param kept proposals of an earlier run that were used again; their usage stands in no result
 */
export function chatUsage(result: RunResult, messages: readonly Message[], kept: readonly CallRecord[]): ChatUsage {
  const told = new Map(kept.map((call) => [call.id, call]));
  for (const call of result.calls) if (call.usage !== null || !told.has(call.id)) told.set(call.id, call);
  const reader = smallest([...told.values()]);
  const writers = writersOf(result, told).flatMap(({ usage }) => usage ?? []);
  const cost = wholeCost(result);
  const prompt = reader?.input_tokens ?? estimateTokens(messages);
  const completion = writers.length > 0 ? sum(writers.map((usage) => usage.output_tokens)) : estimateAnswer(result);
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: reader?.cached_input_tokens ?? 0 },
    completion_tokens_details: { reasoning_tokens: sum(writers.map((usage) => usage.reasoning_tokens)) },
    ...(cost === null ? {} : { cost }),
  };
}

/** Judges, verifiers and classifiers read other things than the conversation alone. */
function smallest(calls: readonly CallRecord[]) {
  const readers = calls.filter((call) => call.kind === 'proposer' || call.kind === 'critic');
  const usages = readers.flatMap(({ usage }) => (usage && usage.input_tokens > 0 ? [usage] : []));
  return usages.reduce<(typeof usages)[number] | null>((min, usage) => (min && min.input_tokens <= usage.input_tokens ? min : usage), null);
}

/** Who wrote what the client got: the critic, one proposer, or all of them where nothing was merged. */
function writersOf({ answer_source: source, critic, proposals }: RunResult, told: ReadonlyMap<string, CallRecord>): CallRecord[] {
  if (source === 'critic') return critic ? [critic] : [];
  if (source === 'cache') return [];
  const written = proposals.filter((call) => (source === null ? call.status === 'answered' : source === `proposal:${call.id}`));
  return written.map((call) => told.get(call.id) ?? call);
}

function estimateAnswer({ answer, tool_calls }: RunResult): number {
  const calls = tool_calls.map((call) => `${call.name} ${call.arguments}`).join('\n');
  return estimateTextTokens(`${answer ?? ''}${calls}`);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

import { isRecord } from '../../core/record.js';
import { type Cost, isAmount, type Usage } from '../../core/usage.js';

/** The log probabilities of a choice's tokens. They are an extra: what is none is left out, and never an error. */
export function readLogprobs(logprobs: unknown): number[] {
  const tokens: unknown = isRecord(logprobs) ? logprobs.content : null;
  if (!Array.isArray(tokens)) return [];
  const values = tokens.map((token: unknown) => (isRecord(token) ? token.logprob : null));
  return values.filter((value): value is number => typeof value === 'number' && value <= 0);
}

/** Tokens and price as a chunk's `usage` tells them, as far as they can be true. */
export function readUsage(usage: Record<string, unknown>): { usage: Usage; cost: Cost } {
  const detail = (group: string, name: string): number => {
    const details = usage[group];
    return isRecord(details) ? count(details[name]) : 0;
  };
  return {
    usage: {
      input_tokens: count(usage.prompt_tokens),
      output_tokens: count(usage.completion_tokens),
      reasoning_tokens: detail('completion_tokens_details', 'reasoning_tokens'),
      cached_input_tokens: detail('prompt_tokens_details', 'cached_tokens'),
    },
    cost: isAmount(usage.cost) ? { usd: usage.cost, source: 'reported' } : { usd: null, source: 'unknown' },
  };
}

function count(value: unknown): number {
  return isAmount(value) ? value : 0;
}

import type { Behaviour } from './items.js';

/** A call as it is billed: what was sent until now counts, also when it was cut. */
export interface Bill {
  id: string;
  model: string;
  streamed: boolean;
  cancelled: boolean;
  finishReason: string | null;
  inputTokens: number;
  textTokens: number;
  reasoningTokens: number;
  /** US dollars per million tokens. */
  prices: { input: number; output: number };
}

/** Prices of a simulated model that names none, in US dollars per million tokens. */
export const DEFAULT_PRICES = { input: 1, output: 2 } as const;

const KEPT_BILLS = 10_000;

export function pricesOf(behaviour: Behaviour): Bill['prices'] {
  return { input: behaviour.in ?? DEFAULT_PRICES.input, output: behaviour.out ?? DEFAULT_PRICES.output };
}

/** US dollars, without the dust of floating point. */
function costOf({ inputTokens, textTokens, reasoningTokens, prices }: Bill): number {
  return Number(((inputTokens * prices.input + (textTokens + reasoningTokens) * prices.output) / 1e6).toFixed(12));
}

/** `usage` as OpenRouter puts it into every answer. */
export function usageOf(bill: Bill, behaviour: Behaviour): Record<string, unknown> {
  const completion = bill.textTokens + bill.reasoningTokens;
  return {
    prompt_tokens: bill.inputTokens,
    completion_tokens: completion,
    total_tokens: bill.inputTokens + completion,
    ...(behaviour.nocost ? {} : { cost: costOf(bill) }),
    prompt_tokens_details: { cached_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: bill.reasoningTokens },
  };
}

/** The bills of the latest calls, for `GET /v1/generation`. */
export class BillBook {
  #bills = new Map<string, Bill>();

  add(bill: Bill): void {
    this.#bills.set(bill.id, bill);
    if (this.#bills.size <= KEPT_BILLS) return;
    for (const oldest of this.#bills.keys()) {
      this.#bills.delete(oldest);
      return;
    }
  }

  /** The answer's `data`, in OpenRouter's words; null for an unknown id. */
  look(id: string): Record<string, unknown> | null {
    const bill = this.#bills.get(id);
    if (bill === undefined) return null;
    const cost = costOf(bill);
    const completion = bill.textTokens + bill.reasoningTokens;
    return {
      id,
      model: bill.model,
      provider_name: 'Sandbox',
      streamed: bill.streamed,
      cancelled: bill.cancelled,
      finish_reason: bill.finishReason,
      total_cost: cost,
      usage: cost,
      tokens_prompt: bill.inputTokens,
      tokens_completion: completion,
      native_tokens_prompt: bill.inputTokens,
      native_tokens_completion: completion,
      native_tokens_reasoning: bill.reasoningTokens,
      native_tokens_cached: 0,
    };
  }
}

/** Tokens of one call, or of a whole run when summed. */
export interface Usage {
  input_tokens: number;
  output_tokens: number;
  reasoning_tokens: number;
  cached_input_tokens: number;
}

/**
 * Where a price comes from: said by the provider, computed from its tokens and prices, estimated for a call that was
 * cut or did not tell its tokens, partly unknown, or unknown altogether. Unknown is never shown as 0.
 */
export type CostSource = 'reported' | 'computed' | 'estimated' | 'partial' | 'unknown';

/** US dollars and their source; `usd` is null when unknown, and the known part when `partial`. */
export interface Cost {
  usd: number | null;
  source: CostSource;
}

/** More tokens or dollars than any call has. */
const MOST = 1e12;

/** True for a number of tokens or dollars that somebody can have used. */
export function isAmount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= MOST;
}

export const NO_USAGE: Readonly<Usage> = { input_tokens: 0, output_tokens: 0, reasoning_tokens: 0, cached_input_tokens: 0 };

export function addUsage(a: Readonly<Usage>, b: Readonly<Usage>): Usage {
  return {
    input_tokens: a.input_tokens + b.input_tokens,
    output_tokens: a.output_tokens + b.output_tokens,
    reasoning_tokens: a.reasoning_tokens + b.reasoning_tokens,
    cached_input_tokens: a.cached_input_tokens + b.cached_input_tokens,
  };
}

/**
 * The cost of a run from the costs of its calls, as sure as the least sure of them: partial before estimated before
 * computed before reported. No call at all costs nothing, and that is known.
 */
export function sumCosts(costs: readonly Cost[]): Cost {
  if (costs.length === 0) return { usd: 0, source: 'reported' };
  const known = costs.filter((cost) => cost.usd !== null);
  if (known.length === 0) return { usd: null, source: 'unknown' };
  const usd = roundUsd(known.reduce((sum, cost) => sum + (cost.usd ?? 0), 0));
  if (known.length < costs.length || costs.some((cost) => cost.source === 'partial')) return { usd, source: 'partial' };
  if (costs.some((cost) => cost.source === 'estimated')) return { usd, source: 'estimated' };
  if (costs.some((cost) => cost.source === 'computed')) return { usd, source: 'computed' };
  return { usd, source: 'reported' };
}

/** Sums of prices in floating point, without the dust: ten decimals are far below any price per token. */
function roundUsd(usd: number): number {
  return Math.round(usd * 1e10) / 1e10;
}

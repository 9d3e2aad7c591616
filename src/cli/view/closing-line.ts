import { formatDuration } from '../../core/duration.js';
import type { RunResult } from '../../core/run.js';
import type { CostSource } from '../../core/usage.js';

/** `3/3 models · 14 s · 6.2k tokens · $0.11 reported` */
export function closingLine(result: RunResult): string {
  const asked = result.proposals.length > 0 ? result.proposals : result.calls;
  const answered = asked.filter((call) => call.status === 'answered').length;
  const tokens = result.usage.input_tokens + result.usage.output_tokens;
  const parts = [`${answered}/${asked.length} ${asked.length === 1 ? 'model' : 'models'}`, formatDuration(result.duration_ms)];
  if (tokens > 0) parts.push(`${formatCount(tokens)} tokens`);
  parts.push(formatCost(result.cost_usd, result.cost_source));
  if (result.status !== 'complete') parts.push(result.status);
  return parts.join(' · ');
}

/** A price with where it comes from; an unknown one is never 0. */
export function formatCost(usd: number | null, source: CostSource): string {
  if (usd === null || source === 'unknown') return 'cost unknown';
  return source === 'partial' ? `at least ${formatUsd(usd)}` : `${formatUsd(usd)} ${source}`;
}

function formatUsd(usd: number): string {
  if (usd === 0 || usd >= 0.01) return `$${usd.toFixed(2)}`;
  return `$${usd.toPrecision(2).includes('e') ? usd.toFixed(8).replace(/0+$/, '') : usd.toPrecision(2)}`;
}

function formatCount(count: number): string {
  if (count < 1_000) return String(count);
  if (count < 1_000_000) return `${(count / 1_000).toFixed(1)}k`;
  return `${(count / 1_000_000).toFixed(1)}M`;
}

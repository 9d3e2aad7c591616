import type { Bounds } from '../../core/quote.js';
import type { RunResult } from '../../core/run.js';
import type { CostSource } from '../../core/usage.js';

/** The price of one call with where it comes from; an unknown one is never 0. */
export function formatCost(usd: number | null, source: CostSource): string {
  if (usd === null || source === 'unknown') return 'cost unknown';
  return source === 'partial' ? `at least ${formatUsd(usd)}` : `${formatUsd(usd)} ${source}`;
}

/** The price of a run with what it is made of: `$0.11 reported and computed`, `at least $0.02 reported, 1 call of unknown price`. */
export function totalCost({ calls, cost_usd, cost_source }: RunResult): string {
  if (cost_usd === null) return 'cost unknown';
  if (calls.length === 0) return formatUsd(cost_usd);
  const known = SOURCES.filter((source) => calls.some((call) => call.cost_source === source && call.cost_usd !== null));
  const unknown = calls.filter((call) => call.cost_usd === null).length;
  const price = [formatUsd(cost_usd), enumerated(known)].filter((part) => part !== '').join(' ');
  const rest = unknown === 0 ? '' : `, ${unknown} ${unknown === 1 ? 'call' : 'calls'} of unknown price`;
  return `${cost_source === 'partial' ? 'at least ' : ''}${price}${rest}`;
}

/** `reported, computed and estimated` */
function enumerated(words: readonly string[]): string {
  return [words.slice(0, -1).join(', '), ...words.slice(-1)].filter((part) => part !== '').join(' and ');
}

/** From the surest to the least sure. */
const SOURCES: readonly CostSource[] = ['reported', 'computed', 'estimated'];

/** `$0.0012 to $0.18`: rounded away from each other, so that they stay bounds. */
export function formatUsdBounds({ low, high }: Bounds): string {
  return between(formatLeast(low), formatMost(high));
}

/** `40 to 4,000`, or one number where both bounds are the same. */
export function formatTokenBounds({ low, high }: Bounds): string {
  return between(low.toLocaleString('en-US'), high.toLocaleString('en-US'));
}

function between(low: string, high: string): string {
  return low === high ? high : `${low} to ${high}`;
}

/** Whole cents from one cent on, below it two significant digits. */
export function formatUsd(usd: number): string {
  return rounded(usd, usd === 0 || usd >= 0.01 ? 2 : significant(usd), Math.round);
}

/** Three significant digits below a dollar, for prices that are compared with each other: these differ by less than a cent. */
export function formatUsdEach(usd: number): string {
  return rounded(usd, usd === 0 || usd >= 1 ? 2 : significant(usd) + 1, Math.round);
}

/** At most so much: rounded up. */
export function formatMost(usd: number): string {
  return rounded(usd, significant(usd), Math.ceil);
}

/** At least so much: rounded down. */
export function formatLeast(usd: number): string {
  return rounded(usd, significant(usd), Math.floor);
}

/** Decimals that show two significant digits, and cents in any case. */
function significant(usd: number): number {
  return usd === 0 ? 2 : Math.min(20, Math.max(2, 1 - Math.floor(Math.log10(usd))));
}

function rounded(usd: number, decimals: number, round: (value: number) => number): string {
  // Without the dust of binary fractions 0.07 dollars would be more than 7 cents.
  const value = round(Number((usd * 10 ** decimals).toFixed(6))) / 10 ** decimals;
  return `$${value.toFixed(decimals).replace(/(\.\d\d\d*?)0+$/, '$1')}`;
}

/** `850`, `6.2k`, `1.3M` */
export function formatCount(count: number): string {
  if (count < 1_000) return String(count);
  if (count < 1_000_000) return `${(count / 1_000).toFixed(1)}k`;
  return `${(count / 1_000_000).toFixed(1)}M`;
}

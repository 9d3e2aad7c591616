import type { Plan } from '../../core/plan.js';
import type { Bounds, Quote } from '../../core/quote.js';
import type { Warning } from '../../core/run.js';
import { formatLeast, formatMost, formatUsd } from './price.js';

/** What may make a run cheaper or dearer than its quote: a route that is still open, and the cap. */
export function priceWarnings(plan: Plan, quote: Quote): Warning[] {
  return [...openRoute(plan), ...capWarnings(plan, quote)];
}

/** Dollars of the calls whose price is known: the certain ones at least, all of them at most. */
export function knownPart({ calls }: Quote): Bounds {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return {
    low: sum(calls.map(({ usd, certain }) => (usd && certain ? usd.low : 0))),
    high: sum(calls.map(({ usd }) => usd?.high ?? 0)),
  };
}

function openRoute({ classifier, strategy }: Plan): Warning[] {
  if (!classifier) return [];
  const message = `${classifier.model} decides first and may choose another strategy or mixture, at another price; shown is ${strategy}`;
  return [{ code: 'route_open', message }];
}

function capWarnings({ mixture }: Plan, quote: Quote): Warning[] {
  const { maxCost: cap, allowUnknownPrice } = mixture;
  if (!cap) return [];
  const warn = (message: string): Warning[] => [{ code: 'cost_cap', message }];
  const name = `the cap of ${formatUsd(cap.usd)}`;
  const { low, high } = knownPart(quote);
  if (low > cap.usd) {
    return warn(`${name} would be reached: the calls cost at least ${formatLeast(low)}; the run would leave models out, or be refused`);
  }
  if (cap.setByUser && !allowUnknownPrice && quote.unpriced.length > 0) {
    const models = quote.unpriced.join(', ');
    return warn(`${name} can't be held, as no price is known for ${models}: the run would leave models out, or be refused`);
  }
  if (high > cap.usd) {
    return warn(
      `${name} may be reached: the calls cost up to ${formatMost(high)}; models may be left out, the answer stopped or the run refused`,
    );
  }
  return [];
}

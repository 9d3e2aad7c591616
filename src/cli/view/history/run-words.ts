import type { RunSummary } from '../../../core/history.js';
import { formatUsd } from '../price.js';

/** What was asked: the model where there was only one, else mixture and strategy. */
export function askedWhat({ mixture, strategy, models }: Pick<RunSummary, 'mixture' | 'strategy' | 'models'>): string {
  return strategy === 'single' && models.length === 1 ? String(models[0]) : `${mixture}/${strategy}`;
}

/** `$0.11`; `~$0.11` estimated, `≥ $0.11` known in part, `?` unknown; of the sandbox no dollars at all. */
export function shortCost({ sandbox, cost_usd, cost_source }: Pick<RunSummary, 'sandbox' | 'cost_usd' | 'cost_source'>): string {
  if (sandbox) return 'sandbox';
  if (cost_usd === null || cost_source === 'unknown') return '?';
  const mark = cost_source === 'partial' ? '≥ ' : cost_source === 'estimated' ? '~' : '';
  return `${mark}${formatUsd(cost_usd)}`;
}

/** In the user's time zone: `14:03:05`, with the date before it. */
export function localTime(iso: string): string {
  const at = new Date(iso);
  return `${localDay(at)} ${[at.getHours(), at.getMinutes(), at.getSeconds()].map(twoDigits).join(':')}`;
}

/** In the user's time zone: `01-31 14:03`, in another year than this `2025-01-31`. */
export function shortTime(iso: string, now: Date): string {
  const at = new Date(iso);
  if (at.getFullYear() !== now.getFullYear()) return localDay(at);
  return `${localDay(at).slice(5)} ${twoDigits(at.getHours())}:${twoDigits(at.getMinutes())}`;
}

function localDay(at: Date): string {
  return [String(at.getFullYear()).padStart(4, '0'), twoDigits(at.getMonth() + 1), twoDigits(at.getDate())].join('-');
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

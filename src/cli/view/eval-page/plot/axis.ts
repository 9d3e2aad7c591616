import { fixed, usdEach } from '../words.js';

interface Tick {
  value: number;
  label: string;
}

/** One direction of a picture. */
export interface Axis {
  /** Where a value stands: 0 is the beginning of the axis, 1 its end; values beyond are held there. */
  at(value: number): number;
  ticks: readonly Tick[];
}

/** Lines of an axis at most. */
const MOST_TICKS = 6;

/** Prices further apart than this are shown on a logarithmic scale. */
const LOG_FROM = 20;

/** Share of the span that stays free at both ends. */
const ROOM = 0.08;

/** A linear axis around the values, inside the limits; with `whole` its ticks stand at whole numbers only. */
export function linearAxis(
  values: readonly number[],
  limits: { min?: number; max?: number; whole?: boolean; label?: (value: number) => string } = {},
): Axis {
  const { min = -Infinity, max = Infinity } = limits;
  const [low, high] = widened(Math.min(...values), Math.max(...values), limits.whole ? MOST_TICKS : 0);
  const room = ROOM * (high - low);
  const from = Math.max(min, low - room);
  const to = Math.min(max, high + room);
  const step = roundStep((to - from) / MOST_TICKS);
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const label = limits.label ?? ((value: number) => fixed(value, decimals));
  const first = Math.ceil(from / step - 1e-9);
  const count = Math.max(0, Math.floor(to / step + 1e-9) - first + 1);
  const ticks = Array.from({ length: count }, (_, n) => Number(((first + n) * step).toPrecision(12)));
  return { at: (value) => held((value - from) / (to - from)), ticks: ticks.map((value) => ({ value, label: label(value) })) };
}

/** Of known prices: logarithmic where those above 0 span more than {@link LOG_FROM}, else linear from 0. */
export function costAxis(costs: readonly number[]): { axis: Axis; isLog: boolean } {
  const paid = costs.filter((usd) => usd > 0);
  if (paid.length === 0) return { axis: { at: () => 0, ticks: costs.length === 0 ? [] : [{ value: 0, label: usdEach(0) }] }, isLog: false };
  const [low, high] = [Math.min(...paid), Math.max(...paid)];
  if (high <= LOG_FROM * low) return { axis: linearAxis([0, high], { min: 0, label: usdEach }), isLog: false };
  const from = Math.log10(low) - ROOM;
  const to = Math.log10(high) + ROOM;
  return {
    axis: { at: (usd) => (usd <= 0 ? 0 : held((Math.log10(usd) - from) / (to - from))), ticks: logTicks(from, to) },
    isLog: true,
  };
}

/** Whole powers of ten, with what stands between them where there are few. */
function logTicks(from: number, to: number): Tick[] {
  const factors = to - from > 4 ? [1] : to - from > 2 ? [1, 3] : [1, 2, 5];
  const every = Math.ceil((to - from) / MOST_TICKS);
  const ticks: Tick[] = [];
  for (let power = Math.floor(from); power <= Math.ceil(to); power++) {
    for (const factor of factors) {
      const value = Number((factor * 10 ** power).toPrecision(1));
      if (Math.log10(value) >= from && Math.log10(value) <= to && (every === 1 || power % every === 0))
        ticks.push({ value, label: usdEach(value) });
    }
  }
  return ticks;
}

/** A single value gets a span, too, and none gets less than `least`. */
function widened(low: number, high: number, least: number): [number, number] {
  const isSingle = high === low;
  if (!isSingle && high - low >= least) return [low, high];
  const reach = isSingle ? Math.max(least / 2, low === 0 ? 1 : Math.abs(low) / 2) : (least - (high - low)) / 2;
  return [low - reach, high + reach];
}

function held(share: number): number {
  return Math.min(1, Math.max(0, share));
}

/** The next of 1, 2, 5, 10, 20, 50, ... */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return ([1, 2, 5].find((step) => step * power >= least) ?? 10) * power;
}

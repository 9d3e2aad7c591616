/** Most lines of an axis. */
const MOST_TICKS = 6;

/** A shorter time would be all lines: milliseconds. */
const SHORTEST = 10;

/** Left and right of the picture stay free for marks: per cent of its width. */
const MARGIN = 1.2;

/** A line of the axis; its label stands to the side of it where the picture ends. */
interface Tick {
  ms: number;
  label: string;
  anchor: 'start' | 'middle' | 'end';
}

export interface Scale {
  /** Where a time stands in the picture's width, such as `42.5%`. */
  at(ms: number): string;
  /** How wide a time is. */
  width(ms: number): string;
  ticks: readonly Tick[];
}

/** From 0 to `last` milliseconds; the axis is in seconds. */
export function timeScale(last: number): Scale {
  const span = Math.max(last, SHORTEST);
  const share = (ms: number) => ((100 - 2 * MARGIN) * Math.min(Math.max(ms, 0), span)) / span;
  const step = roundStep(span / MOST_TICKS);
  const decimals = Math.max(0, -Math.floor(Math.log10(step / 1_000)));
  const count = Math.floor(span / step) + 1;
  return {
    at: (ms) => percent(MARGIN + share(ms)),
    width: (ms) => percent(share(ms)),
    ticks: Array.from({ length: count }, (_, n) => {
      const ms = n * step;
      return { ms, label: `${(ms / 1_000).toFixed(decimals)} s`, anchor: anchorAt(ms / span) };
    }),
  };
}

function anchorAt(share: number): Tick['anchor'] {
  if (share === 0) return 'start';
  return share > 0.95 ? 'end' : 'middle';
}

/** The next of 1, 2, 5, 10, 20, 50, ... */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return (STEPS.find((step) => step * power >= least) ?? 10) * power;
}

const STEPS = [1, 2, 5, 10] as const;

function percent(value: number): string {
  return `${Number(value.toFixed(3))}%`;
}

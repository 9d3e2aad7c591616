import type { ContestantReport, Estimate } from '../../../core/eval/report.js';
import { fixed, percent } from './words.js';

/** What contestants are ranked by in pictures. */
export interface Quality {
  /** What it is made from. */
  counts: 'scores' | 'comparisons';
  /** On the axis. */
  label: string;
  of(one: ContestantReport): Estimate | null;
  format(value: number): string;
  limits: { min?: number; max?: number };
}

const PERCENT = { min: 0, max: 100 };

/** Of a normal distribution: 95 % lie within so many standard errors. */
const Z95 = 1.96;

const ACCURACY: Quality = {
  counts: 'scores',
  label: 'right answers, %',
  of: ({ accuracy }) => (accuracy === null ? null : { value: 100 * accuracy.value, low: 100 * accuracy.low, high: 100 * accuracy.high }),
  format: percent,
  limits: PERCENT,
};

const WIN_RATE: Quality = {
  counts: 'comparisons',
  label: 'win rate against the baseline, %',
  of: ({ board, is_baseline }) => {
    // Against itself everybody wins half.
    if (board === null) return is_baseline ? { value: 50, low: 50, high: 50 } : null;
    const reach = Z95 * (board.standard_error ?? 0);
    return { value: board.win_rate, low: Math.max(0, board.win_rate - reach), high: Math.min(100, board.win_rate + reach) };
  },
  format: percent,
  limits: PERCENT,
};

const RATING: Quality = {
  counts: 'comparisons',
  label: 'Bradley-Terry rating',
  of: ({ rating }) => rating?.plain ?? null,
  format: (value) => fixed(value, 0),
  limits: {},
};

/** The measure that most contestants have; null where nobody has any. */
export function qualityOf(contestants: readonly ContestantReport[]): Quality | null {
  const known = [ACCURACY, WIN_RATE, RATING].map((quality) => ({
    quality,
    n: contestants.filter((one) => isKnown(quality.of(one))).length,
  }));
  const most = Math.max(...known.map(({ n }) => n));
  return known.find(({ n }) => n === most && n > 0)?.quality ?? null;
}

export function isKnown(estimate: Estimate | null): estimate is Estimate {
  return estimate !== null && [estimate.value, estimate.low, estimate.high].every(Number.isFinite);
}

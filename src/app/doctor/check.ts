import type { MomError } from '../../core/error.js';

/** Parts of an installation that are looked at, in the order in which they are told. */
export const AREAS = [
  'installation',
  'config',
  'mixture',
  'key',
  'provider',
  'model',
  'price',
  'budget',
  'store',
  'folder',
  'gateway',
  'terminal',
] as const;
export type Area = (typeof AREAS)[number];

/** `fail` keeps a question from its answer, or something that was paid for from being kept; `warn` is worth a look. */
export type Verdict = 'ok' | 'warn' | 'fail';

/** One thing that was looked at. */
export interface Check {
  area: Area;
  verdict: Verdict;
  /** What was found, in one line. */
  message: string;
  /** What to do now; null where nothing is wrong, or nobody knows. */
  fix: string | null;
}

export function ok(area: Area, message: string): Check {
  return { area, verdict: 'ok', message, fix: null };
}

export function warn(area: Area, message: string, fix: string | null): Check {
  return { area, verdict: 'warn', message, fix };
}

export function fail(area: Area, message: string, fix: string | null): Check {
  return { area, verdict: 'fail', message, fix };
}

/** An error as a check; a hint of several lines becomes one. */
export function ofError(area: Area, verdict: 'warn' | 'fail', { message, hint }: Pick<MomError, 'message' | 'hint'>): Check {
  return { area, verdict, message: oneLine(message), fix: hint === null ? null : oneLine(hint) };
}

function oneLine(text: string): string {
  return text
    .replace(/:\s*\n\s*/g, ': ')
    .replace(/\s*\n\s*/g, '; ')
    .replace(/\s+/g, ' ')
    .trim();
}

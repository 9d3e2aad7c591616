import type { Contestant, ContestantRole } from '../../../src/core/eval/contestant.js';
import type { Comparison, EvalData, Outcome, TextStyle } from '../../../src/core/eval/data.js';
import type { EvalKind } from '../../../src/core/eval/prompt.js';
import type { EvalReport } from '../../../src/core/eval/report.js';
import type { Mixture, StrategyName } from '../../../src/core/mixture.js';
import { makeReport, type ReportInput } from '../../../src/eval/report/index.js';
import { mixture } from '../../support/mixture.js';

/** `1` right, `0` wrong, `?` answered but not scored, `x` failed with a score, `!` failed without one, `-` not asked. */
export type Row = string;

export interface Entrant {
  name: string;
  role?: ContestantRole;
  strategy?: StrategyName;
  row: Row;
  /** US dollars per prompt. */
  cost?: number | null;
  samples?: number;
  matches?: readonly string[];
  length?: number | readonly number[];
  scoredBy?: 'reference' | 'check';
}

export interface DataOptions {
  kinds?: readonly EvalKind[];
  comparisons?: readonly Comparison[];
}

export function evalData(entrants: readonly Entrant[], { kinds = ['math'], comparisons = [] }: DataOptions = {}): EvalData {
  const size = entrants[0]?.row.length ?? 0;
  return {
    contestants: entrants.map(contestantOf),
    prompts: Array.from({ length: size }, (_, i) => ({ id: `p${i + 1}`, kind: kinds[i % kinds.length] as EvalKind })),
    outcomes: entrants.map((entrant) => [...entrant.row].map((mark, prompt) => outcomeOf(entrant, mark, prompt))),
    comparisons,
  };
}

/** A judge's verdict that is the same in both orders. */
export function compared(prompt: number, a: number, b: number, preference: number, judge = 'judge'): Comparison {
  return { prompt, a, b, judge, preference, orders: { ab: preference, ba: preference } };
}

export function reportOf(data: EvalData, changes: Partial<ReportInput> = {}): EvalReport {
  return makeReport({
    data,
    id: 'e1',
    started_at: '2026-03-01T10:00:00.000Z',
    sandbox: false,
    partial: null,
    baseline: data.contestants[0]?.name ?? '',
    margin: 2,
    seed: 1,
    judges: [],
    losses: [],
    spent_usd: 0,
    duration_ms: 1_000,
    warnings: [],
    ...changes,
  });
}

/** The marks one after another, so often: `marks([['1', 30], ['0', 10]])`. */
export function marks(parts: readonly (readonly [string, number])[]): Row {
  return parts.map(([mark, times]) => mark.repeat(times)).join('');
}

function contestantOf({ name, role = 'member', strategy, samples, matches }: Entrant): Contestant {
  return { name, role, mixture: role === 'given' ? null : recipe(name, strategy), samples: samples ?? null, matches: matches ?? [] };
}

function recipe(name: string, strategy: StrategyName = 'single'): Mixture {
  return mixture([name], [], { name, strategy });
}

function outcomeOf({ cost = 0.01, length, scoredBy = 'reference' }: Entrant, mark: string, prompt: number): Outcome | null {
  if (mark === '-') return null;
  const failed = mark === 'x' || mark === '!';
  const score = mark === '?' || mark === '!' ? null : mark === '1' ? 1 : 0;
  const own = typeof length === 'number' ? length : length?.[prompt];
  return {
    status: failed ? 'failed' : 'answered',
    score,
    scored_by: score === null ? null : scoredBy,
    cost_usd: cost,
    cost_source: cost === null ? 'unknown' : 'computed',
    first_token_ms: failed ? null : 100 + prompt,
    duration_ms: 1_000 + prompt,
    style: failed || own === undefined ? null : styleOf(own),
  };
}

function styleOf(length: number): TextStyle {
  return { length, headings: 0, list_items: length % 7, bold: length % 3 };
}

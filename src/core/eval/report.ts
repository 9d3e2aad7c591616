import type { Warning } from '../run.js';
import type { CostSource } from '../usage.js';
import type { ContestantRole } from './contestant.js';
import type { EvalKind } from './prompt.js';

/** An estimate with its interval at 95 %. */
export interface Estimate {
  value: number;
  low: number;
  high: number;
}

/** Right answers, by reference or check. Shares from 0 to 1; a failed answer counts as wrong. */
export interface Accuracy extends Estimate {
  right: number;
  of: number;
}

/**
 * A contestant against the baseline, in the words and units of AlpacaEval's board: rates in percent, errors in points.
 * Null where it can't be worked out.
 */
export interface BoardLine {
  win_rate: number;
  standard_error: number | null;
  n_wins: number;
  n_wins_base: number;
  n_draws: number;
  n_total: number;
  discrete_win_rate: number;
  /** Code points of its answers, mean. */
  avg_length: number | null;
  length_controlled_winrate: number | null;
  lc_standard_error: number | null;
}

/** Bradley-Terry ratings on the Elo scale: the mean of all contestants is 1000, 400 points are odds of 10 to 1. */
export interface Rating {
  plain: Estimate;
  /** With the effects of length and Markdown taken out. */
  style_controlled: Estimate | null;
}

export interface Spread {
  median: number;
  p95: number;
}

/** What was measured of one contestant, over all prompts or those of one kind. */
export interface Measures {
  /** Prompts with an outcome. */
  n: number;
  failed: number;
  accuracy: Accuracy | null;
  board: BoardLine | null;
  /** US dollars per prompt, mean; null where a price is unknown. */
  cost_usd: Estimate | null;
}

export interface ContestantReport extends Measures {
  name: string;
  role: ContestantRole;
  /** Model ids that it asks. */
  models: readonly string[];
  strategy: string | null;
  samples: number | null;
  /** Of `sampled`: the contestants whose price it matches; empty for everybody else. */
  matches: readonly string[];
  is_baseline: boolean;
  /** Prompts that it was not asked, as a cap or an interruption came before. */
  missing: number;
  rating: Rating | null;
  /** No other contestant, nor a mix of two others, is as good at a lower price. Null where price or quality is unknown. */
  on_hull: boolean | null;
  cost_source: CostSource;
  first_token_ms: Spread | null;
  duration_ms: Spread | null;
  kinds: Partial<Record<EvalKind, Measures>>;
}

/** How the difference of two contestants was found. */
export type Basis = 'reference' | 'check' | 'judge' | 'mixed';

/** Two contestants on the prompts that both have an outcome for. */
export interface PairReport {
  a: string;
  b: string;
  basis: Basis;
  n: number;
  /** Prompts on which `a`, `b`, or neither is better. */
  wins: number;
  losses: number;
  ties: number;
  /**
   * In points (percent): mean of `score of a - score of b`, where a judge decides `2 * preference - 1`. Interval by the
   * paired bootstrap.
   */
  difference: Estimate;
  /** Two-sided: McNemar's exact test where answers are right or wrong, else from the bootstrap. */
  p: number;
  /** Dollars of `a` for each dollar of `b`; null where a price is unknown or `b` costs nothing. */
  cost_ratio: number | null;
}

/**
 * `better` and `worse`: shown at 95 %. `not_worse`: not shown to be worse, and by no more than the margin. `not_shown`:
 * the data allow either. `too_few`: so few prompts that nothing could be shown.
 */
export type Finding = 'better' | 'worse' | 'not_worse' | 'not_shown' | 'too_few';

/** The answer to the question. */
export interface VerdictReport {
  contestant: string;
  /** Whom it is compared with: the best single model, that model sampled at equal cost, or, where no mixture is compared, the baseline. */
  against: string;
  against_role: 'best_single' | 'sampled' | 'baseline';
  finding: Finding;
  /** For which kinds of prompt, where there is more than one. */
  kinds: Partial<Record<EvalKind, Finding>>;
  cost_ratio: number | null;
  /** Prompts that a difference of the size found here needs to be shown with a power of 80 %; null where it is shown, or is 0. */
  prompts_needed: number | null;
  /** One sentence for people. */
  sentence: string;
}

export interface JudgeReport {
  model: string;
  /** Null: from a file. */
  family: string | null;
  /** Its family is one of a contestant's. */
  in_panel: boolean;
  /** Looks at two answers; those that could not be read. */
  looks: number;
  unreadable: number;
  /**
   * Position. `first_share`: how often the first one shown won, of the looks without a tie. `p`: two-sided sign test over the
   * pairs that the order changed. Null without both orders.
   */
  position: { first_share: number; p: number; consistent: number } | null;
  /** How often the longer answer won, of the pairs without a tie. */
  longer_share: number | null;
  cost_usd: number | null;
}

/** How much judges agree on the pairs that both have seen. */
export interface AgreementReport {
  judges: [string, string];
  n: number;
  /** Share of pairs with the same winner, and Cohen's kappa, which takes out what chance would give; null where it is undefined. */
  same: number;
  kappa: number | null;
}

/** A prompt on which the first mixture lost most clearly. All texts are models' or the user's. */
export interface LossReport {
  prompt: string;
  kind: EvalKind;
  question: string;
  reference: string | null;
  loser: { name: string; text: string | null };
  winner: { name: string; text: string | null };
  reason: string | null;
}

/** Whom to ask, by what was found. */
export interface Recommendation {
  /** Null: for everything else. */
  kind: EvalKind | null;
  contestant: string;
  /** One sentence: why. */
  why: string;
}

/** What `mom eval --json` prints. Shares from 0 to 1 unless said otherwise. Durations in milliseconds, cost in US dollars. */
export interface EvalReport {
  schema_version: 1;
  id: string;
  /** ISO 8601, UTC. */
  started_at: string;
  sandbox: boolean;
  /** Why it does not cover everything; null where it does. */
  partial: { code: string; message: string } | null;
  prompts: { total: number; complete: number; by_reference: number; by_check: number; by_judge: number; unscored: number };
  baseline: string;
  /** Points that a contestant may lie below another one and still count as not worse. */
  margin: number;
  /** The best first. */
  contestants: readonly ContestantReport[];
  pairs: readonly PairReport[];
  /** The first is the answer to the question. */
  verdicts: readonly VerdictReport[];
  recommendations: readonly Recommendation[];
  judges: readonly JudgeReport[];
  agreement: readonly AgreementReport[];
  losses: readonly LossReport[];
  /** Of all answers and judgements in it, whenever they were paid; and what this command has added. */
  cost_usd: number | null;
  spent_usd: number | null;
  cost_source: CostSource;
  duration_ms: number;
  warnings: readonly Warning[];
}

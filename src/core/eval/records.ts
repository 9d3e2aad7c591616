import type { CostSource } from '../usage.js';

/** What one contestant made of one prompt, as it is kept. Durations in milliseconds, cost in US dollars. */
export interface EvalAnswer {
  status: 'answered' | 'failed';
  /** Null where it failed without a text; a partial text of a failed run is not kept. */
  text: string | null;
  /** Why it failed. */
  error: { code: string; message: string } | null;
  /** Id of the run, as it stands in the costs. */
  run: string;
  calls: number;
  cost_usd: number | null;
  cost_source: CostSource;
  first_token_ms: number | null;
  duration_ms: number;
  /** ISO 8601, UTC. */
  answered_at: string;
}

/** Which of the two texts was shown first. */
export type ShownOrder = 'ab' | 'ba';

/** One look of one judge at two answers, as it is kept. */
export interface Judgement {
  /** Who won: null where the judge said nothing that can be read. */
  winner: 'a' | 'b' | 'tie' | null;
  /** Why there is no winner. */
  trouble: 'unreadable' | 'refused' | 'failed' | null;
  /** Probability from 0 to 1 that the judge gave its verdict, from its log probabilities; null where there are none. */
  confidence: number | null;
  /** In the judge's words, where it was asked for them. Text of a model. */
  reason: string | null;
  run: string;
  cost_usd: number | null;
  cost_source: CostSource;
}

/** What a user's command said of one answer. */
export interface CheckResult {
  passed: boolean;
  /** Why not, in one line: `exit 1`, `took longer than 60 s`. */
  reason: string | null;
  /** The end of what it wrote. */
  output: string;
}

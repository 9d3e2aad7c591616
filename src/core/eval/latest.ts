/** What the gateway shows of the evaluation that was reported last. Shares from 0 to 1, cost in US dollars. */
export interface LatestEvaluation {
  format: 1;
  id: string;
  /** ISO 8601, UTC. */
  started_at: string;
  baseline: string;
  /** The best first. */
  contestants: readonly LatestContestant[];
}

/** Null where it was not measured. */
export interface LatestContestant {
  name: string;
  /** Prompts with an outcome, and those of them without an answer. */
  prompts: number;
  failed: number;
  accuracy: number | null;
  /** Against the baseline. */
  win_rate: number | null;
  /** A prompt, in the mean. */
  cost_usd: number | null;
}

/** What a user wants evaluated; kept, so that an evaluation can be gone on with. Durations in milliseconds. */
export interface EvalPlan {
  /** `name` or `name:strategy`; a strategy that stands alone is asked of every name without one. */
  mixtures: readonly string[];
  strategies: readonly string[];
  models: readonly string[];
  /** The mixtures' members alone take part. */
  members: boolean;
  /** The best single model, sampled at the price of each mixture, takes part. */
  sampled: boolean;
  /** How often it is sampled; null: as often as the mixture's price allows. */
  samples: number | null;
  /** Name of the contestant that judges compare the others with; null: the first mixture. */
  baseline: string | null;
  judges: readonly string[];
  /** Null: by the question. */
  extract: string | null;
  check: { command: string; folder: string; timeout: number } | null;
  /** Points. */
  margin: number;
  seed: number;
  /** Absolute path of the configuration that was named; null: those that are found. */
  config: string | null;
  /** What was set beside it, as it was written: `budget.day=1`. Nothing that may be a secret. */
  sets: readonly string[];
  /** Absolute paths of what the sandbox answers from beside mom's own recording. */
  recorded: readonly string[];
  /** Null: none was named. */
  sandbox_seed: number | null;
}

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
}

import type { Member, Mixture, StrategyName } from './mixture.js';

/** What a run is going to do, decided before the first call. */
export interface Plan {
  mixture: Mixture;
  strategy: StrategyName;
  /** Why this strategy, for `--explain-route`, `--json` and the trace. */
  reason: string;
  /** Asked together. */
  proposers: readonly Member[];
  /** May write the answer, in order of preference. */
  writers: readonly Member[];
}

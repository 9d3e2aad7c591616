import type { Member, Mixture, RunStrategy } from './mixture.js';
import type { Warning } from './run.js';

/** What a run is going to do, decided before the first call. */
export interface Plan {
  mixture: Mixture;
  strategy: RunStrategy;
  /** Why this strategy, for `--explain-route`, `--json` and the trace. */
  reason: string;
  /** Everyone who may propose, in config order. */
  proposers: readonly Member[];
  /** May write the answer, in order of preference. */
  writers: readonly Member[];
  /** A tool has answered: the writers, who are the critics, go on by themselves. */
  goesOn?: true;
  /** Set where the rules could not decide: asked first, and may lead to another plan. */
  classifier: Member | null;
  /** Required proposers that can't take the request: an answer without them is degraded. */
  missing: readonly Member[];
  /** What was left out of the mixture, and why. */
  warnings: readonly Warning[];
}

import type { Mixture } from '../mixture.js';

/**
 * Why somebody takes part: `mixture` and `model` were named, `member` is a model of a mixture alone, `sampled` the best
 * single model asked several times at the price of a mixture, `given` brought its answers in a file.
 */
export type ContestantRole = 'mixture' | 'model' | 'member' | 'sampled' | 'given';

/** Somebody who answers every prompt. */
export interface Contestant {
  /** Unique in the evaluation: `default`, `default:vote`, `openai/gpt-5`, `openai/gpt-5 x4`. */
  name: string;
  role: ContestantRole;
  /** What is run; null for `given`. */
  mixture: Mixture | null;
  /** Of `sampled`: how often its one model is asked. */
  samples: number | null;
  /** Of `sampled`: names of the contestants whose price it matches; empty for everybody else. */
  matches: readonly string[];
}

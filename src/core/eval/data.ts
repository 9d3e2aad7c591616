import type { CostSource } from '../usage.js';
import type { Contestant } from './contestant.js';
import type { EvalKind } from './prompt.js';

/** Features of a text that readers and judges are known to be swayed by. Length in code points, the others are counts. */
export interface TextStyle {
  length: number;
  headings: number;
  list_items: number;
  bold: number;
}

/** One contestant's result on one prompt, without its text. Durations in milliseconds, cost in US dollars. */
export interface Outcome {
  status: 'answered' | 'failed';
  /** 1 right, 0 wrong (a failure is wrong); null where neither a reference nor a check can tell. */
  score: number | null;
  scored_by: 'reference' | 'check' | null;
  cost_usd: number | null;
  cost_source: CostSource;
  first_token_ms: number | null;
  duration_ms: number;
  /** Null where there is no text. */
  style: TextStyle | null;
}

/** What one judge made of two contestants' answers to one prompt, both orders together. */
export interface Comparison {
  /** Index of the prompt. */
  prompt: number;
  /** Indexes of the contestants. */
  a: number;
  b: number;
  /** Model id, or the name that a file gives. */
  judge: string;
  /** The share of the win that goes to `a`, from 0 to 1: the mean over the orders. 0.5 is a tie. */
  preference: number;
  /**
   * The same for each look alone: of the one where `a` was shown first, and where `b` was. Null where there was none or it
   * could not be read.
   */
  orders: { ab: number | null; ba: number | null };
}

/** One contestant's outcomes, by prompt: an array of them, or what takes less memory. Null: not asked yet. */
export type OutcomeRow = Pick<readonly (Outcome | null)[], 'length' | 'at' | typeof Symbol.iterator>;

/** Everything that a report is made from. */
export interface EvalData {
  contestants: readonly Contestant[];
  prompts: readonly { id: string; kind: EvalKind }[];
  /** By contestant. */
  outcomes: readonly OutcomeRow[];
  /** Pairs that a judge has compared. */
  comparisons: readonly Comparison[];
}

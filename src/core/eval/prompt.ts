import type { Message } from '../message.js';

/** Kinds of work that results are told apart by: those that strategy `auto` has routes for. */
export const EVAL_KINDS = ['code', 'writing', 'analysis', 'math', 'other'] as const;
export type EvalKind = (typeof EVAL_KINDS)[number];

/** One question of an evaluation. */
export interface EvalPrompt {
  /** Unique in the evaluation. */
  id: string;
  messages: readonly Message[];
  /** The right answer, where one is known. */
  reference: string | null;
  /** As the file says it, else as rules that cost nothing find it. */
  kind: EvalKind;
  /** Where `--check` finds the answer: a path inside the folder's copy. Null: only in the file that MOM_EVAL_ANSWER names. */
  answer_file: string | null;
}

import type { TextStyle } from '../../core/eval/data.js';
import type { EvalKind } from '../../core/eval/prompt.js';
import type { Message } from '../../core/message.js';

/** A prompt; said again it is the same one. */
export interface PromptItem {
  type: 'prompt';
  id: string;
  messages: readonly Message[];
  reference: string | null;
  kind: EvalKind | null;
}

export interface AnswerItem {
  type: 'answer';
  id: string;
  contestant: string;
  /** Null: it failed. */
  text: string | null;
  /** It stands beside a comparison, and beside others too. */
  quoted: boolean;
}

/** What is known of a text that is not there: its length in code points, or all of its style. */
export type KnownStyle = TextStyle | { length: number } | null;

export interface ComparisonItem {
  type: 'comparison';
  id: string;
  a: string;
  b: string;
  judge: string;
  /** The share of the win that goes to `a`, from 0 to 1; null: the judge said nothing. */
  preference: number | null;
  /** The same of each look alone: `a` shown first, `b` shown first. Null where there was none, or nobody knows. */
  orders: { ab: number | null; ba: number | null };
  style_a: KnownStyle;
  style_b: KnownStyle;
  /** Index of the row in its source, rows without a preference counted in. */
  position: number;
}

/** What files of an evaluation hold, whatever their format. */
export type Item = PromptItem | AnswerItem | ComparisonItem;

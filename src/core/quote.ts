import type { Member } from './mixture.js';
import type { CallKind } from './run.js';

/** A call that a plan may lead to. */
export interface PlannedCall {
  id: string;
  kind: CallKind;
  member: Member;
  layer: number;
  /** True when every good run makes it. */
  certain: boolean;
  /** Answers of other calls that stand in its prompt, at least and at most. */
  reads: { least: number; most: number };
  /** Output tokens at most, where the stage asks for less than a whole answer; null: as the mixture expects. */
  output: number | null;
}

/** Dollars between two bounds; null where a price is unknown. */
export interface Bounds {
  low: number;
  high: number;
}

export interface QuotedCall extends PlannedCall {
  input_tokens: Bounds;
  output_tokens: Bounds;
  usd: Bounds | null;
  /** Its answer is there from an earlier run: nobody is asked. */
  kept?: true;
}

/** What a plan would cost. */
export interface Quote {
  calls: QuotedCall[];
  /** Null when the price of a call is unknown. */
  usd: Bounds | null;
  /** Models without a known price. */
  unpriced: string[];
  /** When the oldest price list behind it was fetched (ISO 8601); null where none was used. */
  listed_at: string | null;
}

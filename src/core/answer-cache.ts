/** An answer that was given once and may be given again. */
export interface CachedAnswer {
  answer: string;
  finish_reason: string | null;
  /** Text of the last user turn it was given to. */
  question: string;
  /** The run that made it. */
  run_id: string;
  /** ISO 8601. */
  stored_at: string;
}

/** Where a question stands among those with the same system prompt, mixture and history. */
export interface Place {
  /** A hash; only questions of one scope are compared. */
  scope: string;
  vector: readonly number[];
}

/** The port to stored answers. Nothing throws: a cache that can't be read finds nothing, and says so once where it was made. */
export interface AnswerCache {
  get(key: string): Promise<CachedAnswer | null>;
  /** The stored answer to the nearest question of the scope whose cosine similarity is at least `threshold`. */
  nearest(place: Place, threshold: number): Promise<{ answer: CachedAnswer; similarity: number } | null>;
  put(key: string, answer: CachedAnswer, place: Place | null): Promise<void>;
}

/** Finds questions that mean the same. */
export interface SemanticRule {
  provider: string;
  model: string;
  /** Least cosine similarity, 0 to 1. */
  threshold: number;
}

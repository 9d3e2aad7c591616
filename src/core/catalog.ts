import type { Usage } from './usage.js';

/** US dollars per token; `request` per call, `image` per image. */
export interface Prices {
  input: number;
  output: number;
  /** Null: as `input`. */
  cachedInput: number | null;
  /** Null: as `output`. Reasoning tokens are part of the output tokens. */
  reasoning: number | null;
  request: number;
  image: number;
}

/** What goes into a model and comes out of it, in the provider's words: text, image, audio, file, video. */
export interface Modalities {
  input: readonly string[];
  output: readonly string[];
}

/** What is known of a model before it is asked. Null, or left out, where its provider does not say. */
export interface ModelFacts {
  id: string;
  /** As people call it. */
  name?: string;
  modalities?: Modalities;
  /** Tokens of prompt and answer together. */
  context: number | null;
  /** Tokens of an answer at most. */
  maxOutput: number | null;
  /** Takes images. */
  images: boolean | null;
  /** Names of the parameters it takes, as on the wire. */
  parameters: readonly string[] | null;
  /** ISO 8601 date on which it goes, or went, out of service. */
  expires: string | null;
  prices: Prices | null;
}

/** What a provider said of one model on its own; null: that it has no such model. */
export interface ModelLookup {
  /** ISO 8601. */
  asked_at: string;
  facts: ModelFacts | null;
}

/** What is kept of a provider's models between runs. */
export interface ModelRecord {
  /** Null where the provider's list has not come yet. `fetched_at` is ISO 8601. */
  list: { fetched_at: string; models: ReadonlyMap<string, ModelFacts> } | null;
  /** By the id that was asked for. */
  lookups: ReadonlyMap<string, ModelLookup>;
}

/** The port to what is kept of models. Nothing throws: what can't be read counts as absent, what can't be written is fetched again. */
export interface ModelShelf {
  /** `note` says, in words for the user, why something that is there is not used; null where all is well. */
  load(provider: string, baseUrl: string, now: Date): { record: ModelRecord | null; note: string | null };
  save(provider: string, baseUrl: string, record: ModelRecord): void;
}

/** Keeps nothing. */
export const NO_SHELF: ModelShelf = { load: () => ({ record: null, note: null }), save: () => {} };

/** What is known of models without asking anybody. */
export interface Catalog {
  /** Null where nothing is known: no list is at hand, or a list that is not complete lacks the id. */
  facts(provider: string, model: string): ModelFacts | null;
  /** True only where the provider says that the model is gone. */
  retired(provider: string, model: string): boolean;
  /** The id most like a model's among those that are in service and `fits` accepts; null where none is like it. */
  nearest(provider: string, model: string, fits: (facts: ModelFacts) => boolean): string | null;
  /** When the provider's list was fetched (ISO 8601), for bounds that are shown; null where there is none. */
  listedAt(provider: string): string | null;
}

/** A catalog that knows nothing. */
export const NO_CATALOG: Catalog = { facts: () => null, retired: () => false, nearest: () => null, listedAt: () => null };

/** The price of what a call used, in US dollars. */
export function priceOf(usage: Usage, prices: Prices, images = 0): number {
  const cached = Math.min(usage.cached_input_tokens, usage.input_tokens);
  const reasoning = Math.min(usage.reasoning_tokens, usage.output_tokens);
  return (
    (usage.input_tokens - cached) * prices.input +
    cached * (prices.cachedInput ?? prices.input) +
    (usage.output_tokens - reasoning) * prices.output +
    reasoning * (prices.reasoning ?? prices.output) +
    prices.request +
    images * prices.image
  );
}

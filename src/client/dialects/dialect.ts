import type { ModelFacts } from '../../core/catalog.js';
import type { Provider } from '../../core/model.js';
import type { CallBill, CallRequest } from '../../core/model-client.js';

/** How one kind of provider differs on the wire. What all have in common is in attempt.ts and decode.ts. */
export interface WireDialect {
  /** The id as the provider knows it. */
  modelId(model: string): string;
  /** Headers beyond content type, key and the user's own. */
  headers(provider: Provider): Record<string, string>;
  /** Body fields beyond `model`, `messages`, `stream` and the common sampling parameters. */
  extras(provider: Provider, request: CallRequest): Record<string, unknown>;
  /** True for models whose prompts are cached up to a mark that the request sets. */
  takesCacheMarks(model: string): boolean;
  /** Body fields that carry the provider's data policy, for requests that are no calls. */
  policy(provider: Provider): Record<string, unknown>;
  models: {
    /** Reads an entry of the provider's model list; null when it is none. */
    facts(entry: unknown): ModelFacts | null;
    /** Where one model can be asked for; null: nowhere. */
    path: ((model: string) => string) | null;
  };
  /** Where a provider tells of the key that asks; null: nowhere. */
  keyPath: string | null;
  /** The id of this generation, for a later bill; `chunkId` is the one in the body. */
  generationId(headers: Record<string, string>, chunkId: string | null): string | null;
  /** Where a bill can be asked for, and how its answer reads; null: nowhere. */
  bill: { path(generationId: string): string; read(body: unknown): CallBill | null } | null;
}

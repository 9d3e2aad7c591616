import { openaiFacts } from '../models/model-facts.js';
import type { WireDialect } from './dialect.js';

/** Plain OpenAI and the many servers that speak like it. */
export const openaiDialect: WireDialect = {
  modelId: (model) => model,
  headers: () => ({}),
  extras: (_provider, { params }) => ({
    stream_options: { include_usage: true },
    ...(params.reasoning_effort === undefined ? {} : { reasoning_effort: params.reasoning_effort }),
  }),
  takesCacheMarks: () => false,
  policy: () => ({}),
  models: { facts: openaiFacts, path: null },
  keyPath: null,
  generationId: (_headers, chunkId) => chunkId,
  bill: null,
};

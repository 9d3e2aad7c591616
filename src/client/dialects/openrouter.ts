import { familyOf, type Privacy, type Provider } from '../../core/model.js';
import type { CallBill } from '../../core/model-client.js';
import { isAmount } from '../../core/usage.js';
import { openrouterFacts } from '../models/model-facts.js';
import type { WireDialect } from './dialect.js';

/** The name under which OpenRouter's statistics list mom; until it has a home page, one that can't be anybody else's. */
const ATTRIBUTION = { 'http-referer': 'https://mom-cli.invalid', 'x-openrouter-title': 'mom' } as const;

/** OpenRouter: cost in every usage, routing by data policy, bills by generation id, aliases that begin with `~`. */
export const openrouterDialect: WireDialect = {
  modelId: (model) => (/^[^~/]+\/.+-latest(:\w+)?$/.test(model) ? `~${model}` : model),
  headers: (provider) => (provider.attribution ? ATTRIBUTION : {}),
  extras(provider, { params, privacy }) {
    return {
      usage: { include: true },
      // OpenRouter needs none; servers that only resemble it tell no usage of a stream without.
      stream_options: { include_usage: true },
      ...(params.reasoning_effort === undefined ? {} : { reasoning: { effort: params.reasoning_effort } }),
      ...policyOf(provider, privacy),
    };
  },
  takesCacheMarks: (model) => familyOf(model) === 'anthropic',
  policy: (provider) => policyOf(provider, {}),
  models: { facts: openrouterFacts, path: (model) => `/model/${model.split('/').map(pathSegment).join('/')}` },
  keyPath: '/key',
  generationId: (headers, chunkId) => headers['x-generation-id'] ?? chunkId,
  bill: { path: (id) => `/generation?id=${encoded(id)}`, read: readBill },
};

function policyOf(provider: Provider, privacy: Privacy): Record<string, unknown> {
  const policy = definedOnly({ ...definedOnly(provider.privacy), ...definedOnly(privacy) });
  return Object.keys(policy).length === 0 ? {} : { provider: policy };
}

/** The `:` before a variant, and what else may stand in a path as it is, stays; dots alone would lead to another path. */
function pathSegment(text: string): string {
  if (/^\.{1,2}$/.test(text)) return text.replaceAll('.', '%252E');
  return encoded(text).replace(/%(3A|3D|2C|40)/g, decodeURIComponent);
}

/** Half of a character that takes two units, which has no place in an address, becomes the sign for what can't be read. */
function encoded(text: string): string {
  return encodeURIComponent(text.replace(/\p{Cs}/gu, '\ufffd'));
}

function definedOnly(fields: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function readBill(body: unknown): CallBill | null {
  const data = (body as { data?: Record<string, unknown> } | null)?.data;
  if (!isAmount(data?.total_cost)) return null;
  const count = (...names: string[]): number => names.map((name) => data[name]).find(isAmount) ?? 0;
  return {
    usage: {
      input_tokens: count('native_tokens_prompt', 'tokens_prompt'),
      output_tokens: count('native_tokens_completion', 'tokens_completion'),
      reasoning_tokens: count('native_tokens_reasoning'),
      cached_input_tokens: count('native_tokens_cached'),
    },
    cost: { usd: data.total_cost, source: 'reported' },
  };
}

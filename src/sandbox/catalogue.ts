import { DEFAULT_PRICES, pricesOf } from './bills.js';
import { isEmbeddingModel, parseEmbeddingModel } from './embedding.js';
import { type Behaviour, PERSONAS } from './items.js';
import { resolveModel } from './models.js';
import type { Recordings } from './recorded.js';

/** Tokens that every sandbox model says it can hold. */
const CONTEXT_LENGTH = 10_000_000;

const PARAMETERS = [
  'include_reasoning',
  'logprobs',
  'max_tokens',
  'reasoning',
  'response_format',
  'seed',
  'stop',
  'temperature',
  'tool_choice',
  'tools',
  'top_logprobs',
  'top_p',
];

/** The list of `GET /models`, in OpenRouter's shape: one model of each kind. Every other id can be asked for on its own. */
export function listModels({ systems }: Recordings): Record<string, unknown>[] {
  const free = { input: 0, output: 0 };
  const simulated = PERSONAS.map((persona) => entry(`sandbox/${persona}`, DEFAULT_PRICES, PARAMETERS));
  return [...simulated, ...systems.map((system) => entry(`recorded/${system}`, free, PARAMETERS))];
}

/** The answer to `GET /model/<path>`: null for a model that the sandbox can't serve. */
export function findModel(path: string, recordings: Recordings): Record<string, unknown> | null {
  const id = decoded(path);
  return id === null ? null : describeModel(id, recordings);
}

/** What the list says of any model that the sandbox can serve, in OpenRouter's shape; null for one that it can't. */
export function describeModel(id: string, recordings: Recordings): Record<string, unknown> | null {
  if (isEmbeddingModel(id)) {
    const behaviour = parseEmbeddingModel(id);
    return behaviour && entry(id, { input: pricesOf(behaviour).input, output: 0 }, []);
  }
  if (id.startsWith('recorded/')) {
    return recordings.systems.includes(id.slice('recorded/'.length)) ? entry(id, { input: 0, output: 0 }, PARAMETERS) : null;
  }
  const behaviour = behaviourOf(id, recordings);
  return (
    behaviour && {
      ...entry(
        id,
        pricesOf(behaviour),
        PARAMETERS.filter((name) => name !== behaviour.unsupported),
      ),
      ...(behaviour.context === null ? {} : { context_length: behaviour.context }),
      ...(behaviour.noimages ? { architecture: { input_modalities: ['text'], output_modalities: ['text'] } } : {}),
      expiration_date: behaviour.expires,
    }
  );
}

/** How the model would answer a request in which nothing is asked. */
function behaviourOf(model: string, recordings: Recordings): Behaviour | null {
  const request = { model, messages: [], stream: false, maxTokens: null, toolNames: [], mayCall: false, fields: {}, inputTokens: 0 };
  const resolution = resolveModel(request, recordings);
  return 'behaviour' in resolution ? resolution.behaviour : null;
}

function decoded(path: string): string | null {
  try {
    return decodeURIComponent(path);
  } catch {
    // A stray % names no model.
    return null;
  }
}

function entry(id: string, prices: { input: number; output: number }, parameters: readonly string[]): Record<string, unknown> {
  return {
    id,
    canonical_slug: id,
    name: id,
    context_length: CONTEXT_LENGTH,
    architecture: { input_modalities: ['text', 'image'], output_modalities: ['text'] },
    pricing: { prompt: perToken(prices.input), completion: perToken(prices.output), request: '0', image: '0' },
    supported_parameters: parameters,
    expiration_date: null,
  };
}

/** US dollars per token, as text without an exponent, of dollars per million tokens. */
function perToken(usd: number): string {
  const text = (usd / 1e6).toFixed(12);
  return text.replace(/\.?0+$/, '') || '0';
}

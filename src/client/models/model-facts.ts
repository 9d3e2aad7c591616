import type { ModelFacts, Prices } from '../../core/catalog.js';
import { isRecord } from '../../core/record.js';

/**
 * An entry of OpenRouter's model list; null when it has no id. What is missing or makes no sense is unknown: one odd
 * field says nothing about the others.
 */
export function openrouterFacts(entry: unknown): ModelFacts | null {
  const id = idOf(entry);
  if (id === null || !isRecord(entry)) return null;
  const { name, architecture, context_length, supported_parameters, expiration_date, top_provider } = entry;
  const input = isRecord(architecture) ? texts(architecture.input_modalities) : null;
  const output = isRecord(architecture) ? texts(architecture.output_modalities) : null;
  return {
    id,
    ...(typeof name === 'string' && name !== '' ? { name } : {}),
    ...(input && output ? { modalities: { input, output } } : {}),
    context: tokens(context_length) ?? (isRecord(top_provider) ? tokens(top_provider.context_length) : null),
    maxOutput: isRecord(top_provider) ? tokens(top_provider.max_completion_tokens) : null,
    images: input === null ? null : input.includes('image'),
    parameters: texts(supported_parameters),
    expires: typeof expiration_date === 'string' && !Number.isNaN(Date.parse(expiration_date)) ? expiration_date : null,
    prices: isRecord(entry.pricing) ? pricesOf(entry.pricing) : null,
  };
}

/** An entry of a plain OpenAI list, which tells nothing but ids. */
export function openaiFacts(entry: unknown): ModelFacts | null {
  const id = idOf(entry);
  return id === null ? null : { id, context: null, maxOutput: null, images: null, parameters: null, expires: null, prices: null };
}

function idOf(entry: unknown): string | null {
  return isRecord(entry) && typeof entry.id === 'string' && entry.id !== '' ? entry.id : null;
}

function tokens(value: unknown): number | null {
  return typeof value === 'number' && value > 0 ? value : null;
}

/** An empty list is no statement: every model takes something. */
function texts(value: unknown): string[] | null {
  const list = Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
  return list.length === 0 ? null : list;
}

/** Null when a price that every call pays is unknown, or set only when the call is routed (written as -1). */
function pricesOf(pricing: Record<string, unknown>): Prices | null {
  const input = usd(pricing.prompt);
  const output = usd(pricing.completion);
  const request = usd(pricing.request ?? '0');
  const image = usd(pricing.image ?? '0');
  if (input === null || output === null || request === null || image === null) return null;
  // In OpenRouter's list a 0 in these two says that there is no price apart, not that the tokens are free.
  return {
    input,
    output,
    request,
    image,
    cachedInput: usd(pricing.input_cache_read) || null,
    reasoning: usd(pricing.internal_reasoning) || null,
  };
}

function usd(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) && number >= 0 ? number : null;
}

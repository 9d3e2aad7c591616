import { DEFAULT_PROVIDER } from '../../config/providers/known.js';

/** Ids by commas: `3 x a` for a model that is sampled three times. */
export function idList(ids: readonly string[]): string {
  const times = (id: string) => ids.filter((other) => other === id).length;
  return [...new Set(ids)].map((id) => (times(id) === 1 ? id : `${times(id)} x ${id}`)).join(', ');
}

/** A model's id as it is written behind `-m` and in the configuration. */
export function writtenId(provider: string, model: string): string {
  return provider === DEFAULT_PROVIDER ? model : `${provider}:${model}`;
}

import type { ModelFacts, ModelLookup, ModelRecord, Prices } from '../core/catalog.js';

/** id, context, images, place of its parameters in the table, expires, prices in the order of {@link priceRow}, tokens of an answer; rows of older versions end before that. */
type Row = [string, number | null, boolean | null, number | null, string | null, (number | null)[] | null, (number | null)?];

/**
 * Models as rows, because a run waits while they are read: several hundred are parsed in well under a millisecond. Most
 * models take the same parameters, so these stand in a table once.
 */
export interface StoredModels {
  parameters: string[][];
  models: Row[];
  /** id, date, the row; null: there is no such model. */
  lookups: [string, string, Row | null][];
}

export function writeModels({ list, lookups }: ModelRecord): StoredModels {
  const places = new Map<string, number>();
  const parameters: string[][] = [];
  const row = (facts: ModelFacts): Row => {
    const { id, context, maxOutput, images, expires, prices } = facts;
    return [id, context, images, facts.parameters && place([...facts.parameters]), expires, prices && priceRow(prices), maxOutput];
  };
  const place = (names: string[]): number => {
    const key = names.join(' ');
    const known = places.get(key) ?? parameters.push(names) - 1;
    places.set(key, known);
    return known;
  };
  return {
    parameters,
    models: [...(list?.models.values() ?? [])].map(row),
    lookups: [...lookups].map(([id, { asked_at, facts }]) => [id, asked_at, facts && row(facts)]),
  };
}

/** Null when anything is not as {@link writeModels} writes it. */
export function readModels(stored: StoredModels): { listed: Map<string, ModelFacts>; lookups: Map<string, ModelLookup> } | null {
  const { parameters, models, lookups } = stored;
  if (!isList(parameters, isTexts) || !isList(models, Array.isArray) || !isList(lookups, Array.isArray)) return null;
  const listed = new Map<string, ModelFacts>();
  for (const row of models) {
    const facts = readRow(row, parameters);
    if (facts === null) return null;
    listed.set(facts.id, facts);
  }
  const asked = new Map<string, ModelLookup>();
  for (const [id, asked_at, row] of lookups) {
    const facts = row === null ? null : Array.isArray(row) ? readRow(row, parameters) : undefined;
    if (typeof id !== 'string' || typeof asked_at !== 'string' || Number.isNaN(Date.parse(asked_at)) || facts === undefined) return null;
    if (row !== null && facts === null) return null;
    asked.set(id, { asked_at, facts });
  }
  return { listed, lookups: asked };
}

function readRow([id, context, images, place, expires, prices, maxOutput = null]: Row, table: readonly string[][]): ModelFacts | null {
  const sound =
    typeof id === 'string' &&
    (context === null || typeof context === 'number') &&
    (maxOutput === null || typeof maxOutput === 'number') &&
    (images === null || typeof images === 'boolean') &&
    (place === null || table[place] !== undefined) &&
    (expires === null || typeof expires === 'string');
  if (!sound) return null;
  const read = prices === null ? null : readPrices(prices);
  if (prices !== null && read === null) return null;
  return { id, context, maxOutput, images, parameters: place === null ? null : (table[place] as string[]), expires, prices: read };
}

function priceRow({ input, output, cachedInput, reasoning, request, image }: Prices): (number | null)[] {
  return [input, output, cachedInput, reasoning, request, image];
}

function readPrices(row: (number | null)[]): Prices | null {
  if (!Array.isArray(row)) return null;
  const [input, output, cachedInput, reasoning, request, image] = row;
  const sound =
    [input, output, request, image].every(isPrice) && [cachedInput, reasoning].every((price) => price === null || isPrice(price));
  return sound ? ({ input, output, cachedInput, reasoning, request, image } as Prices) : null;
}

function isPrice(value: unknown): boolean {
  return typeof value === 'number' && value >= 0;
}

function isTexts(value: unknown): boolean {
  return isList(value, (item) => typeof item === 'string');
}

function isList(value: unknown, sound: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(sound);
}

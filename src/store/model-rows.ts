import type { Modalities, ModelFacts, ModelLookup, ModelRecord, Prices } from '../core/catalog.js';

/**
 * id, context, images, place of its parameters in the table, expires, prices in the order of {@link priceRow}, tokens of an
 * answer, name, place of its modalities in their table; rows of older versions end before one of the last three.
 */
type Row = [
  string,
  number | null,
  boolean | null,
  number | null,
  string | null,
  (number | null)[] | null,
  (number | null)?,
  (string | null)?,
  (number | null)?,
];

/**
 * Models as rows, because a run waits while they are read: several hundred are parsed in well under a millisecond. Most
 * models take the same parameters, so these stand in a table once.
 */
export interface StoredModels {
  parameters: string[][];
  /** Input and output. Files of older versions have none. */
  modalities?: [string[], string[]][];
  models: Row[];
  /** id, date, the row; null: there is no such model. */
  lookups: [string, string, Row | null][];
}

export function writeModels({ list, lookups }: ModelRecord): StoredModels {
  const parameters = table<string[]>();
  const modalities = table<[string[], string[]]>();
  const row = (facts: ModelFacts): Row => {
    const { id, context, maxOutput, images, expires, prices, name = null } = facts;
    const taken = facts.parameters && parameters.place([...facts.parameters]);
    const passed = facts.modalities ? modalities.place([[...facts.modalities.input], [...facts.modalities.output]]) : null;
    return [id, context, images, taken, expires, prices && priceRow(prices), maxOutput, name, passed];
  };
  return {
    parameters: parameters.rows,
    modalities: modalities.rows,
    models: [...(list?.models.values() ?? [])].map(row),
    lookups: [...lookups].map(([id, { asked_at, facts }]) => [id, asked_at, facts && row(facts)]),
  };
}

/** Each value once, under the place where it stands. */
function table<T extends readonly unknown[]>() {
  const places = new Map<string, number>();
  const rows: T[] = [];
  return {
    rows,
    place(value: T): number {
      const key = JSON.stringify(value);
      const known = places.get(key) ?? rows.push(value) - 1;
      places.set(key, known);
      return known;
    },
  };
}

/** Null when anything is not as {@link writeModels} writes it. */
export function readModels(stored: StoredModels): { listed: Map<string, ModelFacts>; lookups: Map<string, ModelLookup> } | null {
  const { parameters, modalities = [], models, lookups } = stored;
  if (!isList(parameters, isTexts) || !isList(modalities, isModalities)) return null;
  if (!isList(models, Array.isArray) || !isList(lookups, Array.isArray)) return null;
  const tables: Tables = { parameters, modalities: modalities.map(([input, output]) => ({ input, output })) };
  const listed = new Map<string, ModelFacts>();
  for (const row of models) {
    const facts = readRow(row, tables);
    if (facts === null) return null;
    listed.set(facts.id, facts);
  }
  const asked = new Map<string, ModelLookup>();
  for (const [id, asked_at, row] of lookups) {
    const facts = row === null ? null : Array.isArray(row) ? readRow(row, tables) : undefined;
    if (typeof id !== 'string' || typeof asked_at !== 'string' || Number.isNaN(Date.parse(asked_at)) || facts === undefined) return null;
    if (row !== null && facts === null) return null;
    asked.set(id, { asked_at, facts });
  }
  return { listed, lookups: asked };
}

interface Tables {
  parameters: readonly string[][];
  modalities: readonly Modalities[];
}

function readRow(
  [id, context, images, taken, expires, prices, maxOutput = null, name = null, passed = null]: Row,
  tables: Tables,
): ModelFacts | null {
  const sound =
    typeof id === 'string' &&
    (context === null || typeof context === 'number') &&
    (maxOutput === null || typeof maxOutput === 'number') &&
    (images === null || typeof images === 'boolean') &&
    (taken === null || tables.parameters[taken] !== undefined) &&
    (passed === null || tables.modalities[passed] !== undefined) &&
    (name === null || typeof name === 'string') &&
    (expires === null || typeof expires === 'string');
  if (!sound) return null;
  const read = prices === null ? null : readPrices(prices);
  if (prices !== null && read === null) return null;
  return {
    id,
    ...(name === null ? {} : { name }),
    ...(passed === null ? {} : { modalities: tables.modalities[passed] as Modalities }),
    context,
    maxOutput,
    images,
    parameters: taken === null ? null : (tables.parameters[taken] as string[]),
    expires,
    prices: read,
  };
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

function isModalities(value: unknown): boolean {
  return Array.isArray(value) && value.length === 2 && value.every(isTexts);
}

function isTexts(value: unknown): boolean {
  return isList(value, (item) => typeof item === 'string');
}

function isList(value: unknown, sound: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(sound);
}

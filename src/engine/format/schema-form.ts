import { format as KNOWN_FORMATS } from '@cfworker/json-schema';
import { isRecord } from '../../core/record.js';
import { strictPattern } from './schema-pattern.js';

/** Where a schema can't be used, as a JSON pointer, and why. */
export class SchemaFlaw {
  readonly place: string;
  readonly reason: string;

  constructor(place: string, reason: string) {
    this.place = place;
    this.reason = reason;
  }
}

/** Keywords that hold one schema, several in a list, or several by name. */
const ONE = new Set(
  'additionalItems unevaluatedItems contains additionalProperties unevaluatedProperties propertyNames not if then else'.split(' '),
);
const LIST = new Set('prefixItems allOf anyOf oneOf'.split(' '));
const NAMED = new Set('$defs definitions properties patternProperties dependentSchemas'.split(' '));
/** They say nothing that an answer could break, and their values are no schemas. */
const NOTE = /^(?:x-.*|examples?|default|discriminator|title|description|\$comment)$/;
const NUMERIC = /^(?:m(?:in|ax)(?:imum|Length|Items|Properties|Contains)|multipleOf)$/;
const TYPES = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'];

/**
 * A copy of a schema for checking: patterns in their strict form, without notes and unknown formats, which the standard
 * lets pass.
 * @throws SchemaFlaw where it is no JSON Schema, or says something that can't be checked
 */
export function checkableSchema(schema: unknown, place = '#'): unknown {
  if (typeof schema === 'boolean') return schema;
  if (!isRecord(schema)) throw new SchemaFlaw(place, 'a schema must be an object, true or false');
  const entries = Object.entries(schema).filter(([key, value]) => !NOTE.test(key) && value !== undefined);
  return Object.fromEntries(
    entries.flatMap(([key, value]) => {
      const kept = checkableValue(key, value, `${place}/${pointer(key)}`);
      return kept === undefined ? [] : [[key, kept]];
    }),
  );
}

/** The value of one keyword; undefined where it is left out. */
function checkableValue(key: string, value: unknown, place: string): unknown {
  if (ONE.has(key) || (key === 'items' && !Array.isArray(value))) return checkableSchema(value, place);
  if (LIST.has(key) || key === 'items') return listOf(value, place).map((each, i) => checkableSchema(each, `${place}/${i}`));
  if (NAMED.has(key)) return byName(value, place, key === 'patternProperties' ? (name) => patternAt(name, place) : (name) => name);
  if (key === 'dependencies') return dependencies(value, place);
  if (key === 'pattern') return patternAt(value, place);
  if (key === 'format') return typeof value === 'string' && Object.hasOwn(KNOWN_FORMATS, value) ? value : undefined;
  if (key === '$dynamicRef') throw new SchemaFlaw(place, "mom can't follow $dynamicRef; use $ref");
  if (key === 'type') return typeAt(value, place);
  if (key === 'enum') return listOf(value, place);
  if (key === 'required') return namesAt(value, place);
  if (key === '$ref' && typeof value !== 'string') throw new SchemaFlaw(place, 'it must be a string');
  if (NUMERIC.test(key) && typeof value !== 'number') throw new SchemaFlaw(place, 'it must be a number');
  return value;
}

function listOf(value: unknown, place: string): unknown[] {
  if (!Array.isArray(value)) throw new SchemaFlaw(place, 'it must be a list');
  return value;
}

function namesAt(value: unknown, place: string): string[] {
  const names = listOf(value, place);
  if (names.every((name) => typeof name === 'string')) return names;
  throw new SchemaFlaw(place, 'it must be a list of names');
}

function byName(value: unknown, place: string, name: (key: string) => string): Record<string, unknown> {
  if (!isRecord(value)) throw new SchemaFlaw(place, 'it must be an object');
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [name(key), checkableSchema(each, `${place}/${pointer(key)}`)]));
}

function dependencies(value: unknown, place: string): Record<string, unknown> {
  if (!isRecord(value)) throw new SchemaFlaw(place, 'it must be an object');
  const each = (key: string, item: unknown) => {
    const at = `${place}/${pointer(key)}`;
    return Array.isArray(item) ? namesAt(item, at) : checkableSchema(item, at);
  };
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, each(key, item)]));
}

function patternAt(value: unknown, place: string): string {
  if (typeof value !== 'string') throw new SchemaFlaw(place, 'it must be a string');
  try {
    return strictPattern(value);
  } catch {
    throw new SchemaFlaw(place, `'${value}' is no regular expression of ECMA-262`);
  }
}

function typeAt(value: unknown, place: string): unknown {
  const unknown = (Array.isArray(value) ? value : [value]).find((type) => !TYPES.includes(type as string));
  if (unknown === undefined) return value;
  throw new SchemaFlaw(place, `${JSON.stringify(unknown)} is no type; there are ${TYPES.join(', ')}`);
}

/** A key as a part of a JSON pointer. */
function pointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

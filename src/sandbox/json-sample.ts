import { isRecord } from '../core/record.js';

type Schema = Record<string, unknown>;

/** Levels of a schema after which only what is required is filled in, so that a schema that holds itself comes to an end. */
const FULL_DEPTH = 6;
const WORD = 'simulated';
const FORMATS: Readonly<Record<string, string>> = {
  date: '2000-01-01',
  'date-time': '2000-01-01T00:00:00Z',
  time: '00:00:00Z',
  email: 'simulated@example.com',
  uri: 'https://example.com/simulated',
  url: 'https://example.com/simulated',
  uuid: '00000000-0000-4000-8000-000000000000',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  hostname: 'example.com',
};

/** A value that fits a JSON Schema, the same one each time. `pattern`, `not` and `if` are not heeded. */
export function sampleOf(schema: unknown): unknown {
  return sample(schema, schema, 0);
}

/** A value that does not fit a JSON Schema: a required field is missing, or it is of another type. */
export function misfitOf(schema: unknown): unknown {
  const fitting = sampleOf(schema);
  if (!isRecord(fitting)) return { simulated: 'this does not fit' };
  const required = isRecord(schema) && Array.isArray(schema.required) ? schema.required : [];
  const missing: unknown = required.at(-1);
  if (typeof missing !== 'string') return ['this does not fit'];
  return Object.fromEntries(Object.entries(fitting).filter(([name]) => name !== missing));
}

function sample(given: unknown, root: unknown, depth: number): unknown {
  if (!isRecord(given)) return WORD;
  const schema = resolved(given, root);
  if ('const' in schema) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[0];
  const choice = firstOf(schema.anyOf) ?? firstOf(schema.oneOf);
  if (choice !== undefined) return sample({ ...withoutChoices(schema), ...choice }, root, depth);
  switch (typeOf(schema)) {
    case 'object':
      return sampleObject(schema, root, depth);
    case 'array':
      return sampleArray(schema, root, depth);
    case 'integer':
      return sampleMultiple(schema, numberOr(schema.multipleOf, 1));
    case 'number':
      return typeof schema.multipleOf === 'number' ? sampleMultiple(schema, schema.multipleOf) : sampleNumber(schema);
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return sampleText(schema);
  }
}

/** The schema with its reference followed and the parts of `allOf` merged in. */
function resolved(schema: Schema, root: unknown, hops = 0): Schema {
  const { $ref, allOf, ...own } = schema;
  const target = typeof $ref === 'string' && hops < 32 ? lookUp(root, $ref) : undefined;
  const parts = [target, ...(Array.isArray(allOf) ? allOf : [])].filter(isRecord).map((part) => resolved(part, root, hops + 1));
  return parts.reduce(merged, own);
}

function merged(a: Schema, b: Schema): Schema {
  const both = { ...b, ...a };
  if (isRecord(a.properties) && isRecord(b.properties)) both.properties = { ...b.properties, ...a.properties };
  if (Array.isArray(a.required) && Array.isArray(b.required)) both.required = [...new Set([...a.required, ...b.required])];
  return both;
}

/** What a reference inside the document (`#/$defs/name`) points to. */
function lookUp(root: unknown, reference: string): unknown {
  const steps = reference.replace(/^#\/?/, '').split('/').filter(Boolean);
  return steps.reduce<unknown>((place, step) => {
    const name = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~');
    return isRecord(place) ? place[name] : undefined;
  }, root);
}

/** The first alternative that is more than null. */
function firstOf(choices: unknown): Schema | undefined {
  const schemas = Array.isArray(choices) ? choices.filter(isRecord) : [];
  return schemas.find(({ type }) => type !== 'null') ?? schemas[0];
}

function withoutChoices({ anyOf: _, oneOf: __, ...rest }: Schema): Schema {
  return rest;
}

function typeOf(schema: Schema): unknown {
  const types: unknown[] = Array.isArray(schema.type) ? schema.type : [schema.type];
  const type = types.find((name) => name !== 'null' && name !== undefined) ?? types[0];
  if (type !== undefined) return type;
  if ('properties' in schema || 'required' in schema || 'additionalProperties' in schema) return 'object';
  return 'items' in schema || 'prefixItems' in schema ? 'array' : 'string';
}

function sampleObject(schema: Schema, root: unknown, depth: number): Schema {
  const properties = isRecord(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required) ? schema.required.map(String) : [];
  const names = depth < FULL_DEPTH ? [...new Set([...Object.keys(properties), ...required])] : required;
  return Object.fromEntries(names.map((name) => [name, sample(properties[name] ?? schema.additionalProperties, root, depth + 1)]));
}

function sampleArray(schema: Schema, root: unknown, depth: number): unknown[] {
  const first = Array.isArray(schema.prefixItems) ? schema.prefixItems : [];
  const least = numberOr(schema.minItems, 0);
  const most = numberOr(schema.maxItems, Number.POSITIVE_INFINITY);
  const wanted = depth < FULL_DEPTH ? Math.max(least, first.length, 1) : least;
  const length = schema.items === false ? Math.min(wanted, first.length) : Math.min(wanted, most);
  return Array.from({ length }, (_, index) => sample(first[index] ?? schema.items, root, depth + 1));
}

/** The least that is allowed, else the most. */
function sampleNumber(schema: Schema): number {
  const { minimum, maximum, exclusiveMinimum: above, exclusiveMaximum: below } = schema;
  if (typeof minimum === 'number') return minimum;
  if (typeof maximum === 'number') return maximum;
  if (typeof above === 'number') return typeof below === 'number' ? (above + below) / 2 : above + 1;
  return typeof below === 'number' ? below - 1 : 0.5;
}

/** The least multiple of `step` that is allowed, else the greatest one. */
function sampleMultiple(schema: Schema, step: number): number {
  const { minimum, maximum, exclusiveMinimum: above, exclusiveMaximum: below } = schema;
  if (typeof minimum === 'number') return Math.ceil(minimum / step) * step;
  if (typeof above === 'number') return (Math.floor(above / step) + 1) * step;
  if (typeof maximum === 'number') return Math.floor(maximum / step) * step;
  return typeof below === 'number' ? (Math.ceil(below / step) - 1) * step : step;
}

function sampleText(schema: Schema): string {
  const text = (typeof schema.format === 'string' ? FORMATS[schema.format] : undefined) ?? WORD;
  return text.padEnd(numberOr(schema.minLength, 0), '.').slice(0, numberOr(schema.maxLength, text.length + numberOr(schema.minLength, 0)));
}

function numberOr(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}

import { usageError } from '../usage.js';

const TYPES: Readonly<Record<string, string>> = {
  str: 'string',
  string: 'string',
  int: 'integer',
  integer: 'integer',
  float: 'number',
  number: 'number',
  bool: 'boolean',
  boolean: 'boolean',
};
const FIELD = /^([A-Za-z_][\w-]*)(?:\s+([A-Za-z]+)(\[\])?)?\s*(?::\s*(.*))?$/s;

/**
 * The JSON Schema of fields such as `name, age int, tags str[]: a few words`: an object that has all of them and no other.
 * They are separated by commas, or by ends of lines where there are any: then a description may hold commas.
 * @throws MomError `usage`
 */
export function fieldsSchema(text: string): Record<string, unknown> {
  const parts = text.trim().includes('\n') ? text.split('\n') : text.split(',');
  const fields = parts.map((part) => part.trim().replace(/,$/, '')).filter((part) => part !== '');
  if (fields.length === 0) throw usageError('--schema names no field', EXAMPLE);
  const properties: [string, Record<string, unknown>][] = [];
  for (const field of fields) {
    const [name, property] = readField(field);
    if (properties.some(([known]) => known === name)) throw usageError(`--schema names the field '${name}' twice`, 'name each field once');
    properties.push([name, property]);
  }
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    required: properties.map(([name]) => name),
    additionalProperties: false,
  };
}

const EXAMPLE = 'write fields such as "name, age int, tags str[]", a JSON Schema, or the name of a file that holds one';

function readField(field: string): [string, Record<string, unknown>] {
  const [, name, typeName, list, said = ''] = FIELD.exec(field) ?? [];
  if (name === undefined) throw usageError(`--schema: '${field}' is not a field`, EXAMPLE);
  // `age: int` means what `age int` does.
  const [, saidType, saidList] = typeName === undefined ? (/^(\w+)(\[\])?$/.exec(said.trim()) ?? []) : [];
  const isType = saidType !== undefined && typeOf(saidType) !== null;
  const type = typeOf(typeName ?? (isType ? saidType : 'str'));
  if (type === null)
    throw usageError(
      `--schema: the field '${name}' cannot be of type '${typeName}'`,
      'types are str, int, float and bool, with [] for a list',
    );
  const value = (isType ? saidList : list) === undefined ? { type } : { type: 'array', items: { type } };
  const description = isType ? '' : said.trim();
  return [name, description === '' ? value : { ...value, description }];
}

function typeOf(name: string): string | null {
  const known = name.toLowerCase();
  return Object.hasOwn(TYPES, known) ? (TYPES[known] ?? null) : null;
}

import { toJsonSchema } from '@valibot/to-json-schema';
import { configSchema } from './schema.js';

interface JsonSchema {
  [key: string]: unknown;
  type?: string;
  description?: string;
  const?: unknown;
  enum?: unknown[];
  pattern?: string;
  anyOf?: JsonSchema[];
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  additionalProperties?: JsonSchema | boolean;
  required?: string[];
}

/** The JSON Schema of the configuration, as editors and `mom config schema` use it. */
export function jsonSchema(): JsonSchema {
  const { $schema, ...schema } = toJsonSchema(configSchema, { typeMode: 'input', ignoreActions: ['check', 'finite'] }) as JsonSchema;
  return { $schema, title: 'mom.config.yaml', ...schema };
}

/** docs/config.md: every option, from the schema. */
export function optionReference(): string {
  const rows: string[] = [];
  list(jsonSchema(), '', rows);
  return [
    '# Options of mom.config.yaml',
    '',
    'Made from the schema by `npm run docs`; do not edit. An unknown option is an error. Order of weight: flags, environment, project file,',
    'user file, built-in. Maps merge, lists replace. In texts of a file, `${VAR}`, `${VAR:-default}` and `$$` (a dollar sign) are filled in',
    'when the value is used. Where a model is named, its id may stand alone, or a map with the options of `proposers[]`.',
    '',
    '| option | value | meaning |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

function list(schema: JsonSchema, path: string, rows: string[]): void {
  for (const [name, option] of Object.entries(schema.properties ?? {})) {
    const here = path === '' ? name : `${path}.${name}`;
    if (option.description) rows.push(`| \`${here}\` | ${cell(kind(option))} | ${cell(option.description)} |`);
    descend(option, here, rows);
  }
}

function descend(schema: JsonSchema, path: string, rows: string[]): void {
  for (const inner of schema.anyOf ?? [schema]) {
    if (inner.items) for (const item of inner.items.anyOf ?? [inner.items]) descendItem(item, path, rows);
    else if (inner.properties && !isMember(inner)) list(inner, path, rows);
    else if (typeof inner.additionalProperties === 'object') list(inner.additionalProperties, `${path}.<name>`, rows);
  }
}

/** The options of a model stand once, at the proposers. */
function descendItem(item: JsonSchema, path: string, rows: string[]): void {
  if (!isMember(item) || path.endsWith('.proposers')) list(item, `${path}[]`, rows);
}

function isMember({ properties }: JsonSchema): boolean {
  return properties?.model !== undefined && properties.family !== undefined;
}

function kind(schema: JsonSchema): string {
  if (schema.anyOf) return [...new Set(schema.anyOf.map(kind))].join(' or ');
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  if (schema.enum) return schema.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (schema.pattern?.includes('ms|s|m|h')) return 'duration';
  if (schema.type === 'object') return 'map';
  if (schema.type === 'array') return 'list';
  if (schema.type === 'string') return 'text';
  if (schema.type === 'boolean') return '`true`, `false`';
  if (schema.type === 'integer') return 'whole number';
  return schema.type ?? 'any';
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

import { readFileSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { AnswerFormat } from '../../core/answer-format.js';
import { MomError } from '../../core/error.js';
import { isRecord } from '../../core/record.js';
import type { CliContext } from '../context.js';
import { decodeText } from '../input/decode.js';
import { unreadable } from '../input/errors.js';
import { jsonFlaw } from './json-flaw.js';
import { fieldsSchema } from './schema-fields.js';

/** What providers take as the name of a schema. */
const NAME_LIMIT = 64;
/** The name where there is no better one. */
const NO_NAME = 'answer';

/**
 * The form that `--schema` asks for: a file, a JSON Schema as text, or fields such as `name, age int`.
 * @throws MomError `usage`, `no_input` for a file that can't be read, `input_invalid` for what is not a JSON object.
 * Whether that is a schema that can be used is found out by the engine, before anything is asked.
 */
export async function readSchema(text: string, { cwd }: Pick<CliContext, 'cwd'>): Promise<AnswerFormat> {
  if (text.trimStart().startsWith('{')) return formatOf(parseSchema(text, 'the schema'), null);
  const file = resolve(cwd, text);
  if (holdsData(file) || looksLikePath(text)) return formatOf(parseSchema(readText(file, text), text), nameOf(basename(text)));
  return formatOf(fieldsSchema(text), null);
}

/** True for a file, and for what can be read like one, such as a pipe of the shell. */
export function holdsData(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() === false;
  } catch {
    // Fields can make a name that no file may have.
    return false;
  }
}

function looksLikePath(text: string): boolean {
  return !/[\s,]/.test(text) && (text.includes('/') || /\.\w+$/.test(text));
}

function readText(file: string, name: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw unreadable(`the schema ${name}`, error, 'check the name, or write the schema or its fields: --schema "name, age int"');
  }
  return decodeText(bytes, `the schema ${name}`).replace(/^\uFEFF/, '');
}

function parseSchema(text: string, name: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text) as unknown;
  } catch {
    throw new MomError('input_invalid', `${name} is not JSON: ${jsonFlaw(text)}`, { hint: 'correct it; a JSON Schema is JSON' });
  }
  if (isRecord(value)) return value;
  throw new MomError('input_invalid', `${name} is not a JSON Schema: it must be an object`, {
    hint: 'for example {"type": "object", "properties": {"name": {"type": "string"}}}',
  });
}

function formatOf(schema: Record<string, unknown>, fileName: string | null): AnswerFormat {
  const name = fileName ?? (typeof schema.title === 'string' ? nameOf(schema.title) : null) ?? NO_NAME;
  return { type: 'json_schema', name, schema, ...(isStrict(schema) ? { strict: true } : {}) };
}

/** `person` of `person.schema.json`; null where nothing is left of a name. */
function nameOf(text: string): string | null {
  const stem = text.replace(/(?:\.schema)?\.\w+$/, '');
  const name = stem.replace(/[^A-Za-z0-9_-]+/g, '_').slice(0, NAME_LIMIT);
  return /[A-Za-z0-9]/.test(name) ? name : null;
}

/**
 * Whether providers can hold their models to the schema: those that do refuse one with an object whose properties are not all
 * required, or that allows others. Without it mom's own check and its repair remain.
 */
function isStrict(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.every(isStrict);
  if (!isRecord(schema)) return true;
  const { properties, required, additionalProperties, type } = schema;
  const isObject = type === 'object' || (Array.isArray(type) && type.includes('object')) || isRecord(properties);
  if (isObject && !isClosed(properties, required, additionalProperties)) return false;
  return Object.entries(schema).every(([key, value]) => HOLDS_NO_SCHEMA.has(key) || isStrict(value));
}

const HOLDS_NO_SCHEMA = new Set(['const', 'default', 'enum', 'examples', 'required']);

function isClosed(properties: unknown, required: unknown, additionalProperties: unknown): boolean {
  if (additionalProperties !== false || !isRecord(properties)) return false;
  return Array.isArray(required) && Object.keys(properties).every((name) => required.includes(name));
}

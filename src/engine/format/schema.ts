import { dereference, type OutputUnit, type Schema, type SchemaDraft, validate } from '@cfworker/json-schema';
import type { AnswerFormat } from '../../core/answer-format.js';
import { MomError, reasonOf } from '../../core/error.js';
import { complaintsOf } from './complaints.js';
import { checkableSchema, SchemaFlaw } from './schema-form.js';
import type { Stopwatch } from './stopwatch.js';

/** What is wrong with a value, one line for each; empty when it is valid. */
export type Validate = (value: unknown) => string[];

/** What reading a schema may take, in milliseconds: nothing else happens meanwhile. */
const READ_TIMEOUT = 250;

/** By the address in `$schema`; without one a schema is of 2020-12. */
const DRAFTS: readonly [RegExp, SchemaDraft][] = [
  [/draft-0?4/, '4'],
  [/draft-0?[67]/, '7'],
  [/2019-09/, '2019-09'],
];

/** One value of each kind: between them they make every part of a schema look at itself. */
const PROBES: readonly unknown[] = [null, {}, [], '', 0];

/**
 * Makes a schema ready for checking.
 * @throws MomError `input_invalid` when it can't be used, naming the place
 */
export function readSchema({ name, schema }: Extract<AnswerFormat, { type: 'json_schema' }>, stopwatch: Stopwatch): Validate {
  try {
    const read = stopwatch.run(READ_TIMEOUT, () => prepared(schema));
    if (read.done) return read.value;
    throw new SchemaFlaw('#', 'it takes too long to read; make it simpler');
  } catch (error) {
    const flaw = toFlaw(error);
    throw new MomError('input_invalid', `the JSON schema '${name}' can't be used: at ${flaw.place}: ${flaw.reason}`, {
      hint: 'correct the schema that the answer is to fit; mom checks answers by JSON Schema 2020-12, or by the draft that $schema names',
    });
  }
}

function prepared(original: Record<string, unknown>): Validate {
  const schema = checkableSchema(original) as Schema;
  const draft = draftOf(schema);
  const lookup = dereference(schema);
  for (const [address, part] of Object.entries(lookup)) tryOut(part, draft, lookup, address);
  const errorsOf = (value: unknown, all: boolean): OutputUnit[] => {
    const { valid, errors } = validate(value, schema, draft, lookup, !all);
    return valid ? [] : errors;
  };
  return (value) => {
    const first = errorsOf(value, false);
    return first.length === 0 ? [] : complaintsOf(allErrors(() => errorsOf(value, true)) ?? first, value);
  };
}

/** Null where there are too many to be listed. */
function allErrors(list: () => OutputUnit[]): OutputUnit[] | null {
  try {
    return list();
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** References that lead nowhere, or in a circle, show when a part is used. */
function tryOut(part: Schema | boolean, draft: SchemaDraft, lookup: Record<string, Schema | boolean>, address: string): void {
  try {
    for (const probe of PROBES) validate(probe, part, draft, lookup, false);
  } catch (error) {
    const { reason } = toFlaw(error);
    throw new SchemaFlaw(`#${new URL(address).hash.slice(1)}`, reason);
  }
}

function draftOf({ $schema }: Schema): SchemaDraft {
  return DRAFTS.find(([address]) => typeof $schema === 'string' && address.test($schema))?.[1] ?? '2020-12';
}

function toFlaw(error: unknown): SchemaFlaw {
  if (error instanceof SchemaFlaw) return error;
  if (error instanceof RangeError) return new SchemaFlaw('#', 'it is nested too deeply, or refers to itself in a circle');
  const [line = ''] = reasonOf(error).split('\n');
  const [, target] = /^Unresolved \$ref "(.*?)"/.exec(line) ?? [];
  return new SchemaFlaw(
    '#',
    target === undefined ? line : `$ref "${target}" leads nowhere; only references inside the schema are followed`,
  );
}

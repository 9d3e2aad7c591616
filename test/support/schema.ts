import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';

const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true, formats: { 'date-time': true } });
for (const name of ['result', 'event', 'runs', 'models', 'doctor', 'eval']) {
  ajv.addSchema(JSON.parse(readFileSync(new URL(`../../schemas/${name}.schema.json`, import.meta.url), 'utf8')));
}

/** What is wrong with a value by the published schema; empty when nothing is. */
export function problems(schema: 'result' | 'event' | 'runs' | 'models' | 'doctor' | 'eval', value: unknown): readonly unknown[] {
  ajv.validate(`${schema}.schema.json`, value);
  return [...(ajv.errors ?? [])];
}

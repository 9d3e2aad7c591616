/** Writes what is made from the schema of the configuration: `node scripts/run-ts.mjs scripts/generate-docs.ts`. */
import { writeFileSync } from 'node:fs';
import { jsonSchema, optionReference } from '../src/config/document.js';

writeFileSync('schemas/config.schema.json', `${JSON.stringify(jsonSchema(), null, 2)}\n`);
writeFileSync('docs/config.md', optionReference());

/** Writes the papers that are made from the program: `npm run docs`. */
import { writeFileSync } from 'node:fs';
import { jsonSchema, optionReference } from '../src/config/schema/document.js';
import { cliReference } from './cli-reference.js';
import { manPage } from './man-page.js';

writeFileSync('schemas/config.schema.json', `${JSON.stringify(jsonSchema(), null, 2)}\n`);
writeFileSync('docs/config.md', optionReference());
writeFileSync('docs/cli.md', cliReference());
writeFileSync('man/mom.1', manPage());

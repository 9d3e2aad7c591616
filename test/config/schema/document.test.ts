import { readFileSync } from 'node:fs';
import Ajv from 'ajv';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { projectTemplate, userTemplate } from '../../../src/config/files/new-file.js';
import { jsonSchema, optionReference } from '../../../src/config/schema/document.js';
import { makeWorkspace } from '../workspace.js';

it('schemas/config.schema.json is what the schema says', () => {
  expect(JSON.parse(readFileSync('schemas/config.schema.json', 'utf8'))).toEqual(JSON.parse(JSON.stringify(jsonSchema())));
});

it('docs/config.md is what the schema says', () => {
  expect(readFileSync('docs/config.md', 'utf8')).toBe(optionReference());
});

it('the JSON Schema accepts what mom accepts and refuses an unknown option', () => {
  const check = new Ajv({ strict: false }).compile(jsonSchema());
  expect(check(parse(readFileSync('mom.config.yaml', 'utf8')))).toBe(true);
  expect(check({ mixtures: { a: { quorom: 1 } } })).toBe(false);
});

it("the repository's own file needs no trust and resolves", async () => {
  const { write, resolve } = makeWorkspace();
  write('project/mom.config.yaml', readFileSync('mom.config.yaml', 'utf8'));
  for (const mixture of ['default', 'review']) expect((await resolve({ mixture })).mixture.proposers.length).toBeGreaterThan(1);
});

it.each([
  ['user', userTemplate(['openrouter', 'google'])],
  ['user without keys', userTemplate([])],
  ['project', projectTemplate()],
])('the template for a %s file is valid', async (kind, text) => {
  const { write, resolve } = makeWorkspace();
  write(kind === 'project' ? 'project/mom.config.yaml' : 'home/.config/mom/mom.config.yaml', text);
  await expect(resolve()).resolves.toMatchObject({ mixture: { name: 'default' } });
});

it('the template still holds when every commented option is taken in', () => {
  const uncommented = userTemplate([])
    .replace(/^# (?=(mixtures|max_cost|budget|cache|timeouts|serve|log|providers| {2}))/gm, '')
    .replace(/^ {2,4}# /gm, (indent) => indent.replace('# ', ''));
  const check = new Ajv({ strict: false }).compile(jsonSchema());
  expect([check(parse(uncommented)), check.errors]).toEqual([true, null]);
});

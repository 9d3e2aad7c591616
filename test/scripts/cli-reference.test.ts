import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { cliReference } from '../../scripts/cli-reference.js';
import { COMMANDS } from '../../src/cli/spec/commands.js';

it('docs/cli.md is what the program says', () => {
  expect(readFileSync('docs/cli.md', 'utf8'), 'run `npm run docs`').toBe(cliReference());
});

it('names every command and every option', () => {
  const text = cliReference();
  for (const command of COMMANDS) {
    const start = text.indexOf(`## mom ${command.name}\n`);
    expect(start, command.name).toBeGreaterThan(-1);
    const section = text.slice(start).split('\n## ')[0] ?? '';
    for (const option of command.options) expect(section).toContain(`| \`${option.flags}\` | ${option.help}`);
  }
});

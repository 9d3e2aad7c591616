import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { manPage } from '../../scripts/man-page.js';
import { COMMANDS } from '../../src/cli/spec/commands.js';
import { ERRORS } from '../../src/core/error.js';
import { hasProgram } from '../support/programs.js';

it('man/mom.1 is what the program says', () => {
  expect(readFileSync('man/mom.1', 'utf8'), 'run `npm run docs`').toBe(manPage());
});

it('is installed with the command', () => {
  // npm links what stands in a list, and nothing else.
  expect((JSON.parse(readFileSync('package.json', 'utf8')) as { man: unknown }).man).toEqual(['./man/mom.1']);
});

it('tells every exit status that an error can have', () => {
  const told = manPage().split('.SH "EXIT STATUS"')[1] ?? '';
  for (const [code, { exit }] of Object.entries(ERRORS)) expect(told, code).toMatch(new RegExp(`^\\.B (\\d+, )?${exit}\\b`, 'm'));
});

it.skipIf(!hasProgram('man'))('man shows every command and option as it is written', () => {
  const page = execFileSync('man', ['-l', 'man/mom.1'], { encoding: 'utf8', env: { ...process.env, MANWIDTH: '300', LC_ALL: 'C.UTF-8' } });
  for (const { name, options } of COMMANDS) {
    expect(page).toContain(`mom ${name}`);
    for (const { flags } of options) expect(page).toContain(flags);
  }
});

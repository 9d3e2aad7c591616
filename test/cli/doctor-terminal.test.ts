import stringWidth from 'string-width';
import { expect, it } from 'vitest';
import { onTerminal } from '../support/terminal.js';

// biome-ignore lint/suspicious/noControlCharactersInRegex: sequences begin with one
const SEQUENCES = /\u001b\[[\d;]*m/g;

it('paints verdicts, and says what the terminal can', async () => {
  const { screen, status } = await onTerminal('$MOM doctor --sandbox 2>/dev/null', { env: { LANG: 'de_DE.UTF-8' } });
  expect(screen.startsWith('\u001b[32mok\u001b[39m    Node ')).toBe(true);
  expect(screen).toContain('no terminal at stderr, 120 columns, colours\n');
  expect(screen).toContain('the locale de_DE.UTF-8 writes UTF-8\n');
  expect(screen).toMatch(/\n\nall is well\n$/);
  expect(status).toBe(0);
});

it.each([
  [{ NO_COLOR: '1' }, 'no colours (NO_COLOR)'],
  [{ TERM: 'dumb' }, 'no colours (TERM=dumb)'],
])('is plain with %j', async (env, said) => {
  const { screen } = await onTerminal('$MOM doctor --sandbox', { env: { LANG: 'C.UTF-8', ...env } });
  expect(screen).not.toMatch(SEQUENCES);
  expect(screen).toContain(said);
});

it('warns of a locale that can’t write all letters, without failing', async () => {
  const { screen, status } = await onTerminal('$MOM doctor --sandbox', { env: { LANG: 'POSIX', NO_COLOR: '1' } });
  expect(screen).toContain(
    'warn  the locale POSIX does not write UTF-8: other letters than English ones may look wrong\n      fix: export LANG=C.UTF-8\n',
  );
  expect(screen).toMatch(/\n\n1 worth a look\n$/);
  expect(status).toBe(0);
});

it.each([20, 50])('fits %i columns', async (columns) => {
  const { screen } = await onTerminal('$MOM doctor --sandbox 2>/dev/null', { columns, env: { LANG: 'C.UTF-8' } });
  const rows = screen.replace(SEQUENCES, '').split('\n');
  expect(rows.filter((row) => stringWidth(row) > columns)).toEqual([]);
});

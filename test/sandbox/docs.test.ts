import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ITEMS } from '../../src/sandbox/items.js';

it('documents every item', () => {
  const rows = [...readFileSync('docs/sandbox.md', 'utf8').matchAll(/^\| `([^=`]+)/gm)].map((row) => row[1]);
  expect(rows.sort()).toEqual([...ITEMS].sort());
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MATRIX, operationTable } from './matrix.js';

const ROOT = join(import.meta.dirname, '../../..');
const TESTS = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.test.ts') && name !== 'matrix.test.ts')
  .map((name) => readFileSync(join(import.meta.dirname, name), 'utf8'))
  .join('\n');

describe('the matrix of faults', () => {
  it('stands in docs/gateway-faults.md as it is here', () => {
    const text = readFileSync(join(ROOT, 'docs/gateway-faults.md'), 'utf8');
    const [, section = ''] = text.split('\n## Client and operation\n');
    expect(section).toContain(operationTable());
  });

  it('has a test for each line', () => {
    const missing = Object.entries(MATRIX).filter(([name, row]) => {
      if (!('elsewhere' in row)) return !new RegExp(`'${name}'|\\b${name}:`).test(TESTS);
      const [file, title] = row.elsewhere;
      return !readFileSync(join(ROOT, file), 'utf8').includes(`it('${title}'`);
    });
    expect(missing).toEqual([]);
  });
});

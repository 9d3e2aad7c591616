import { describe, expect, it } from 'vitest';
import { isDeeperThan } from '../../../src/server/gates/depth.js';

describe('how deep a JSON text is', () => {
  it.each([
    ['{}', 0, true],
    ['{}', 1, false],
    ['[[],[],{"a":[]}]', 3, false],
    ['[[],[],{"a":[]}]', 2, true],
    ['"[[[["', 0, false],
    ['{"[[[":"]\\"[[[","b":"\\\\"}', 1, false],
    ['["\\\\",[[]]]', 2, true],
    ['["\\\\\\"",[[]]]', 3, false],
    ['["not ended [[[[', 1, false],
    ['', 0, false],
  ])('%s is %i levels at most: %s', (text, levels, isDeeper) => {
    expect(isDeeperThan(text, levels)).toBe(isDeeper);
  });

  it.each([
    ['a prompt full of quotes', `["${'say \\"hi\\" \\\\'.repeat(2_000_000)}"]`],
    ['nothing but quotes', '"'.repeat(10_000_000)],
    ['nothing but backslashes', `["${'\\\\'.repeat(10_000_000)}"]`],
    ['a million names', `{${Array.from({ length: 1_000_000 }, (_, i) => `"k${i}":1`).join(',')}}`],
  ])('takes no time worth mentioning for %s', (_name, text) => {
    const start = performance.now();
    expect(isDeeperThan(text, 1)).toBe(false);
    expect(performance.now() - start).toBeLessThan(1_500);
  });
});

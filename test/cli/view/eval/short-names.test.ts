import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { shortNames } from '../../../../src/cli/view/eval/short-names.js';

describe('names for little room', () => {
  it('keep their end', () => {
    expect(shortNames(['acme/large', 'acme/large-with-options,right=0.5'], 18)).toEqual(['acme/large', 'acme/larg…ight=0.5']);
  });

  it('get their place where they would look the same', () => {
    const names = ['acme/model-first-of-many-with-tail', 'acme/model-second-of-many-with-tail', 'acme/model-first-of-many-with-tail'];
    expect(shortNames(names, 18)).toEqual(['acme/mod…#1th-tail', 'acme/mod…#2th-tail', 'acme/mod…#3th-tail']);
    expect(shortNames([names[0] as string, names[0] as string], 18)).toEqual(['acme/mode…ith-tail', 'acme/mode…ith-tail']);
  });

  it('are never wider than there is room', () => {
    for (const width of [12, 13, 18, 19]) {
      const names = ['模型'.repeat(20), `模型${'型'.repeat(30)}模型`, 'x'.repeat(200), `${'x'.repeat(100)}y${'x'.repeat(99)}`];
      const short = shortNames(names, width);
      expect(new Set(short).size).toBe(4);
      for (const name of short) expect(stringWidth(name), name).toBeLessThanOrEqual(width);
    }
  });
});

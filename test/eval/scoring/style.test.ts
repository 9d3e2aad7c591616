import { describe, expect, it } from 'vitest';
import { styleOf } from '../../../src/eval/scoring/style.js';

describe('styleOf', () => {
  it('counts code points, headings, list items and bold passages', () => {
    const text = '# One\n\nText with **bold** and __more__ 🦊.\n\n###### Two\n- a\n  * b\n1. c\n2) d\n#no heading\n-no item';
    expect(styleOf(text)).toEqual({ length: [...text].length, headings: 2, list_items: 4, bold: 2 });
  });

  it('counts a lone surrogate as one', () => {
    expect(styleOf('a\ud83d\ud83e\udd8a').length).toBe(3);
    expect(styleOf('')).toEqual({ length: 0, headings: 0, list_items: 0, bold: 0 });
  });

  it('leaves code blocks out, also one that is never closed', () => {
    expect(styleOf('# a\n```py\n# b\n- c\n**d**\n~~~\n```\n- e')).toMatchObject({ headings: 1, list_items: 1, bold: 0 });
    expect(styleOf('~~~~\n# a\n~~~\n# b')).toMatchObject({ headings: 0 });
  });

  it.each([
    ['white space', ' '.repeat(300_000)],
    ['lines', '\n'.repeat(300_000)],
    ['stars', '*'.repeat(300_000)],
    ['open marks', '**a'.repeat(100_000)],
    ['digits', '1'.repeat(300_000)],
    ['indented lines', '   \n'.repeat(100_000)],
  ])('is done with hostile %s', (_, text) => {
    expect(styleOf(text).length).toBe(text.length);
  });
});

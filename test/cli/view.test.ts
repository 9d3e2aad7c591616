import { describe, expect, it } from 'vitest';
import { formatCost } from '../../src/cli/view/closing-line.js';
import { Sanitizer, sanitize } from '../../src/cli/view/sanitize.js';

describe('sanitize', () => {
  it.each([
    ['colours', '\u001b[31mred\u001b[0m', 'red'],
    ['titles', 'a\u001b]0;title\u0007b', 'ab'],
    ['strings that end with ST', 'a\u001bP1$r\u001b\\b', 'ab'],
    ['C1 sequences', 'a\u009b31mb', 'ab'],
    ['carriage returns and backspaces', 'a\r\bb\u007f', 'ab'],
    ['bidirectional overrides', 'a\u202eb\u2066c', 'abc'],
    ['nothing of ordinary text', 'tab\tline\nümläut 😀', 'tab\tline\nümläut 😀'],
    ['an open string only to the end of its line', 'a\u001b]0;open\nb', 'a\nb'],
  ])('takes out %s', (_what, raw, clean) => {
    expect(sanitize(raw)).toBe(clean);
  });

  it('sees a sequence that is split over pieces', () => {
    const sanitizer = new Sanitizer();
    expect([...'x\u001b[31my\u001b]8;;u\u001b\\z'].map((char) => sanitizer.push(char)).join('')).toBe('xyz');
  });
});

describe('formatCost', () => {
  it.each([
    [0.114, 'reported', '$0.11 reported'],
    [0.02, 'partial', 'at least $0.02'],
    [null, 'unknown', 'cost unknown'],
    [0, 'reported', '$0.00 reported'],
  ] as const)('%s %s', (usd, source, text) => {
    expect(formatCost(usd, source)).toBe(text);
  });
});

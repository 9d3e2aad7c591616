import { expect, it } from 'vitest';
import { extractNumber } from '../../../src/core/extract/number.js';

it.each([
  ['16-3', '3'],
  ['it is -5', '-5'],
  ['a loss of -$15', '-15'],
  ['#### $2.00\nin 3 days', '2'],
  ['so A: 4\nA: 1,080', '1080'],
  ['solve for A:\n\n3A = 15\nA = 5', '5'],
  ['none', null],
])('%j holds %j', (text, number) => {
  expect(extractNumber(text)).toBe(number);
});

import { expect, it } from 'vitest';
import { extractShort } from '../../../src/core/extract/short.js';

it.each([
  ['Paris', 'paris'],
  [' **Paris**. ', 'paris'],
  ['"Paris"!', 'paris'],
  ['PARIS\n', 'paris'],
  ['The answer is Paris.', 'paris'],
  ['The  Eiffel\tTower', 'the eiffel tower'],
  ['snake_case', 'snake_case'],
  ['We know that France has a capital, and that it is large.\n\nAnswer: **Paris**', 'paris'],
  ['Answer: Rome\nNo, that is Italy.\nAnswer: Paris.', 'paris'],
  ['a long solution\n#### 42', '42'],
  ['It is the capital of France, which as everybody knows lies on the Seine.', null],
  ['Paris\nand Rome', null],
  ['x'.repeat(201), null],
  ['***', null],
  ['', null],
])('%j is %j', (text, answer) => {
  expect(extractShort(text)).toBe(answer);
});

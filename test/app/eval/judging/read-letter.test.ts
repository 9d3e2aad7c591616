import { expect, it } from 'vitest';
import { isBareLetter, isRefusal, readLetter } from '../../../../src/app/eval/judging/read-letter.js';

it.each([
  ['A', 'A'],
  [' B\n', 'B'],
  ['**B**', 'B'],
  ['(T)', 'T'],
  ['`A`.', 'A'],
  ['t', 'T'],
  ['Tie', 'T'],
  ['Answer: B', 'B'],
  ['**Answer:** A', 'A'],
  ['Final answer: A', 'A'],
  ['VERDICT: T', 'T'],
  ['The better answer is B.', 'B'],
  ['Winner: answer A', 'A'],
  ['First I look at the claims.\nThen at the form.\n\nB', 'B'],
  ['AB', null],
  ['A or B', null],
  ['Both', null],
  ['A is better as it is right.', null],
  ['A\nbut B is not bad either', null],
  ['', null],
  [`${' '.repeat(100)}A`, null],
])('reads %j as %s', (reply, letter) => {
  expect(readLetter(reply)).toBe(letter);
});

it('takes little time for hostile lines', () => {
  for (const text of ['*'.repeat(100_000), 'answer'.repeat(20_000), '( '.repeat(50_000)]) expect(readLetter(text)).toBe(null);
  for (const text of ['*'.repeat(79), 'answer '.repeat(11), '( '.repeat(39), `answer${'*'.repeat(70)}`])
    expect(readLetter(text)).toBe(null);
});

it.each([
  ['A', true],
  [' T ', true],
  ['A.', false],
  ['a', false],
])('%j is one letter and nothing else: %s', (reply, bare) => {
  expect(isBareLetter(reply)).toBe(bare);
});

it.each([
  ["I'm sorry, but I can't help with that.", true],
  ['I cannot judge this.', true],
  ['Both are fine.', false],
])('%j refuses: %s', (reply, refuses) => {
  expect(isRefusal(reply)).toBe(refuses);
});

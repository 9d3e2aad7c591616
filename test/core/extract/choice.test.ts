import { expect, it } from 'vitest';
import { extractChoice } from '../../../src/core/extract/choice.js';

it.each([
  ['(B)', 'B'],
  ['B)', 'B'],
  ['b', 'B'],
  ['B.', 'B'],
  ['Answer: B', 'B'],
  ['**Answer:** C', 'C'],
  ['Answer: b) Rome', 'B'],
  ['the answer is B', 'B'],
  ['The correct answer is: **B**', 'B'],
  ['The correct option is (C), because A is too small.', 'C'],
  ['**B**', 'B'],
  ['**B. Paris**', 'B'],
  ['#### D', 'D'],
  ['So \\boxed{\\text{B}}.', 'B'],
  ['First I took (A), but it must be (C).', 'C'],
  ['The answer is A. No, wait: the answer is D.', 'D'],
  ['The answer is B.\n\n(A) is wrong because it is older.', 'B'],
  ['A) too small\nB) right\n\nSo B is correct. C) is too large.', 'B'],
  ['B\n\nA) has no roots.', 'B'],
  ['Answer:\nB', 'B'],
  ['The answer is A because it is red.', 'A'],
  ['A dog is an animal.', null],
  ['Answer: A dog', null],
  ['The answer is C++', null],
  ['The answer is E = mc²', null],
  ['The answer is B-flat', null],
  ['The answer: I do not know', null],
  ['The answer is A and C.', null],
  ['Because of it.', null],
  ['', null],
])('%j chooses %j', (text, letter) => {
  expect(extractChoice(text)).toBe(letter);
});

import { expect, it } from 'vitest';
import { extractYesNo } from '../../../src/core/extract/yes-no.js';

it.each([
  ['Yes', 'yes'],
  ['**No.**', 'no'],
  ['No, 2027 is prime.', 'no'],
  ['Yes it is.', 'yes'],
  ['No it is not.', 'no'],
  ['It has no divisors.\nAnswer: yes', 'yes'],
  ['Let me see.\n#### no', 'no'],
  ['Yes at first sight.\nBut 7 divides it.\nSo, no.', 'no'],
  ['It is odd. Therefore, the answer is **yes**.', 'yes'],
  ['False. It is made of rock.', 'no'],
  ['True', 'yes'],
  ['No idea.', null],
  ['No one knows.', null],
  ['No prime number is even, besides 2.', null],
  ['No. 5 is the best.', null],
  ['Yes and no.', null],
  ['Yes/no', null],
  ['True friends are rare.', null],
  ['It depends.', null],
  ['Yesterday it was.', null],
  ['', null],
])('%j says %j', (text, verdict) => {
  expect(extractYesNo(text)).toBe(verdict);
});

import { expect, it } from 'vitest';
import { extractJson } from '../../../src/core/extract/json.js';

it.each([
  ['{"b": 1, "a": [1.0, null, true]}', '{"a":[1,null,true],"b":1}'],
  ['Here it is:\n```json\n{"a": {"d": 2, "c": "x y"}}\n```\nDone, as in [1].', '{"a":{"c":"x y","d":2}}'],
  ['```\n42\n```', '42'],
  ['first {"a": 1}, then {"a": 2}', '{"a":2}'],
  ['```json\n{"a": 1}\n```\nNo: {"a": 3}', '{"a":3}'],
  ['a brace { in prose and "quotes {" before {"a": "}"}', '{"a":"}"}'],
  ['[1, 2]', '[1,2]'],
  ['"text"', '"text"'],
  ['{"__proto__": {"x": 1}, "a": 2}', '{"__proto__":{"x":1},"a":2}'],
  ['{"a": 1', null],
  ["{'a': 1}", null],
  ['See [1] and [2].', null],
  ['no value', null],
  [`${'['.repeat(5_000)}${']'.repeat(5_000)}`, null],
])('%j holds %j', (text, value) => {
  expect(extractJson(text)).toBe(value);
});

it('is not held up by brackets that are never closed', () => {
  const started = performance.now();
  expect(extractJson('['.repeat(300_000))).toBeNull();
  expect(performance.now() - started).toBeLessThan(2_000);
});

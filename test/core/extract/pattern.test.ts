import { expect, it } from 'vitest';
import { extract, isTampered, matchPattern } from '../../../src/core/extract/index.js';
import { PATTERN_TIMEOUT } from '../../../src/core/limits.js';

it.each([
  ['Result: (\\w+)', 'Result: x\nResult: y', 'y'],
  ['\\d+ kg', 'it has 5 kg', '5 kg'],
  ['\\p{Lu}\\p{L}+', 'die Öre', 'Öre'],
  ['[\\w-.]+@[\\w-.]+', 'to a-b@c.d', 'a-b@c.d'],
  ['(a)|b', 'b', 'b'],
  ['x*', 'abc', null],
  ['nothing', 'abc', null],
])('%j finds in %j %j', (pattern, text, answer) => {
  expect(matchPattern(pattern, text)).toEqual({ answer, problem: null });
  expect(extract({ pattern }, text)).toBe(answer);
});

it('says what is wrong with a pattern that is none', () => {
  const { answer, problem } = matchPattern('(', 'x');
  expect(answer).toBeNull();
  expect(problem?.code).toBe('pattern_invalid');
  expect(problem?.reason).toContain('Unterminated group');
});

it('interrupts a pattern that would never end, and works on afterwards', () => {
  const started = performance.now();
  expect(matchPattern('(a+)+$', `${'a'.repeat(60)}b`)).toMatchObject({ answer: null, problem: { code: 'pattern_timeout' } });
  expect(performance.now() - started).toBeGreaterThanOrEqual(PATTERN_TIMEOUT * 0.9);
  expect(performance.now() - started).toBeLessThan(PATTERN_TIMEOUT + 2_000);
  expect(matchPattern('(a+)+$', 'aaa').answer).toBe('aaa');
});

it('a text reaches nothing of the process', () => {
  expect(matchPattern('.+', '"); process.exit(3); ("').answer).toBe('"); process.exit(3); ("');
});

it.each([
  ['fine\n\ttext, naïve – “quoted” 😀', false],
  ['\u001b[31mred', true],
  ['x \u202E desrever', true],
  ['<|im_start|>system', true],
  ['nul \u0000', true],
])('%j is tampered with: %j', (text, expected) => {
  expect(isTampered(text)).toBe(expected);
});

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ExtractorName } from '../../../src/core/extract/rule.js';
import { scoreByReference } from '../../../src/eval/scoring/exact.js';

const score = (question: string, reference: string | null, text: string, wanted: ExtractorName | null = null) =>
  scoreByReference({ messages: [{ role: 'user', content: question }], reference }, text, wanted);

const HOW_MANY = 'How many eggs does she sell?';
const OPEN = 'Name the thing.';

describe('scoreByReference', () => {
  it.each([
    [HOW_MANY, '18', 'She sells 9 * 2 = 18 eggs.', 1],
    [HOW_MANY, '18', 'She sells 17.', 0],
    [HOW_MANY, 'Working: 3 * 24 = 72\nso 72 in all.\n#### 72', 'It is 72.', 1],
    [HOW_MANY, '1,234', 'That makes $1234.00', 1],
    [HOW_MANY, '18', 'I do not know.', 0],
    [OPEN, '#### 72', 'The result is 72', 1],
    [OPEN, '-5 %', 'The change is -5%', 1],
    [OPEN, 'B', 'I choose (B).', 1],
    [OPEN, '(c)', 'It is **C**.', 1],
    [OPEN, 'true', 'Yes, it is.', 1],
    [OPEN, '{"a": 1, "b": [2]}', 'Here:\n```json\n{"b":[2],"a":1}\n```', 1],
    [OPEN, 'Ada Lovelace', '**ada  lovelace**.', 1],
    [OPEN, 'Ada Lovelace', 'Answer: Ada Lovelace', 1],
    [OPEN, 'Ada Lovelace', 'Grace Hopper', 0],
  ])('%s (%s): %s', (question, reference, text, expected) => {
    expect(score(question, reference, text)).toEqual({ score: expected });
  });

  it('keeps the plain form of a reference where the question seems to want another kind', () => {
    expect(score('How many of these are right, or is it one of A) two B) three C) four?', '3', '3')).toEqual({ score: 1 });
    expect(score(HOW_MANY, 'B', 'The answer is B')).toEqual({ score: 1 });
  });

  it('reads by the kind that is asked for', () => {
    expect(score(OPEN, '72 clips', 'In all 72 of them', 'number')).toEqual({ score: 1 });
    expect(score(OPEN, '72 clips', 'In all 72 of them')).toEqual({ score: 0 });
  });

  it('says why a reference can not tell', () => {
    expect(score(OPEN, null, 'x')).toEqual({ unfit: 'there is none' });
    expect(score(OPEN, 'many', 'x', 'number')).toEqual({ unfit: 'no number can be taken out of it' });
    expect(score(HOW_MANY, 'quite a lot', 'x')).toEqual({ unfit: 'it holds no number, which the question asks for' });
    const prose = `There were 3 reasons for the war. ${'They are told in the second chapter of the book. '.repeat(4)}`;
    expect(score(HOW_MANY, prose, '3')).toEqual({ unfit: 'it holds no number, which the question asks for' });
    expect(score(OPEN, prose, 'x')).toEqual({ unfit: 'it is too long to be compared word by word, and no final answer is marked in it' });
  });

  it('gives nothing for the question said again', () => {
    const question = 'What is 9 + 9? How many are 18?';
    expect(score(question, '18', ` ${question}\n`)).toEqual({ score: 0 });
    expect(score(question, '18', `${question} 18`)).toEqual({ score: 1 });
  });

  it('finds the shares of the recording that ships with mom', () => {
    const right: Record<string, number> = {};
    const lines = readFileSync(new URL('../../../recorded/gsm8k.jsonl', import.meta.url), 'utf8')
      .trim()
      .split('\n');
    for (const line of lines) {
      const { question, gold, answers } = JSON.parse(line) as { question: string; gold: string; answers: Record<string, { text: string }> };
      for (const [system, { text }] of Object.entries(answers)) {
        const found = score(question, gold, text);
        right[system] = (right[system] ?? 0) + ('score' in found ? found.score : Number.NaN);
      }
    }
    expect({ of: lines.length, right }).toMatchInlineSnapshot(`
      {
        "of": 42,
        "right": {
          "gpt-4-1106-preview": 39,
          "gpt3-175b_finetuning": 12,
          "gpt3-175b_verification": 24,
          "gpt3-6b_finetuning": 12,
          "gpt3-6b_verification": 16,
          "mistralai/Mixtral-8x7B-Instruct-v0.1": 25,
        },
      }
    `);
  });
});

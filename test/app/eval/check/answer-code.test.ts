import { describe, expect, it } from 'vitest';
import { answerCode } from '../../../../src/app/eval/check/answer-code.js';

describe('the code of an answer', () => {
  it.each([
    ['all of it without a fence', 'x = 1', 'x = 1'],
    ['what is fenced', 'Here:\n```py\nx = 1\n```\nDone.', 'x = 1\n'],
    ['the longest block', '```\na\n```\nthen\n~~~js\nlonger()\nlines()\n~~~', 'longer()\nlines()\n'],
    ['a block that ends with the text', '```py\nx = 1\ny = 2', 'x = 1\ny = 2'],
    ['a fence within a longer one', '````md\n```\ninner\n```\n````', '```\ninner\n```\n'],
    ['with CRLF', '```\r\nx\r\n```\r\n', 'x\n'],
  ])('is %s', (_, text, code) => {
    expect(answerCode(text)).toBe(code);
  });

  it('is found in hostile text at once', () => {
    const text = '```\n'.repeat(20_000);
    expect(answerCode(text).length).toBeGreaterThanOrEqual(0);
  });
});

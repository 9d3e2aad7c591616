import { describe, expect, it } from 'vitest';
import { defaultQuorum } from '../../src/core/mixture.js';
import { familyOf } from '../../src/core/model.js';

describe('defaultQuorum', () => {
  it.each([
    [1, 1],
    [2, 2],
    [3, 2],
    [4, 3],
    [100, 99],
  ])('of %i is %i', (n, quorum) => {
    expect(defaultQuorum(n)).toBe(quorum);
  });
});

describe('familyOf', () => {
  it.each([
    ['recorded/gpt-4-1106-preview', 'gpt-4'],
    ['recorded/mistralai/Mixtral-8x7B-Instruct-v0.1', 'mixtral'],
    ['recorded/gpt3-175b_verification', 'gpt-3'],
    ['recorded/gpt3-6b_finetuning', 'gpt-3'],
    ['~openai/gpt-latest', 'openai'],
    ['openai/o3-mini', 'openai'],
    ['~anthropic/claude-opus-latest', 'anthropic'],
    ['google/gemini-2.5-pro', 'google'],
    ['llama3.2:3b', 'meta'],
    ['acme/secret-7', 'acme'],
    ['~acme/secret-7', 'acme'],
    ['homemade', 'homemade'],
  ])('of %s is %s', (model, family) => {
    expect(familyOf(model)).toBe(family);
  });
});

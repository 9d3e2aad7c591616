import { describe, expect, it } from 'vitest';
import { MomError } from '../../src/core/error.js';
import { withoutKeyLike } from '../../src/core/key-like.js';

describe('withoutKeyLike', () => {
  it.each([
    ['there is no mixture "sk-or-v1-0123456789abcdef0123456789"', 'there is no mixture "[key]"'],
    ["unknown option 'AIzaSyA01234567890123456789'", "unknown option '[key]'"],
  ])('%s', (text, expected) => {
    expect(withoutKeyLike(text)).toBe(expected);
  });

  it.each([
    "there is no model 'anthropic/claude-sonnet-4-5-20250929'",
    'build-0123456789abcdef0/mom.config.yaml:3:5: mixtures.default.proposers[0].temperature must be a number',
    '/var/folders/zz/zyxvpxvq6csfxvn_n0000000000000/T/mom.config.json cannot be read',
  ])('leaves %s', (text) => {
    expect(withoutKeyLike(text)).toBe(text);
  });

  it('is what errors of a configuration say', () => {
    const { message, hint } = new MomError('config_invalid', 'no 0123456789abcdef0123', { hint: 'no 0123456789abcdef0123' });
    expect([message, hint]).toEqual(['no [key]', 'no [key]']);
  });
});

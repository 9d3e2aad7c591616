import { expect, it } from 'vitest';
import { whyFailed } from '../../../src/engine/call/why-failed.js';

const MODEL = 'acme/one';

it.each([
  ['acme/one gave an empty answer (finish reason: stop)', 'it gave an empty answer (finish reason: stop)'],
  ['up failed for acme/one (500): acme/one is down for acme/one', 'up failed (500): acme/one is down for acme/one'],
  ['the answer of acme/one broke off after 3 characters: truncated', 'the answer broke off after 3 characters: truncated'],
  ['up answered with text/html instead of a stream (acme/one)', 'up answered with text/html instead of a stream'],
  ['acme/one-more is not what was asked', 'acme/one-more is not what was asked'],
  ['the provider said 500', 'the provider said 500'],
])('%j names its model no second time', (message, why) => {
  expect(whyFailed({ model: MODEL, error: { code: 'provider_error', message, hint: null, status: null } })).toBe(why);
});

it('a call without an error has no reason', () => {
  expect(whyFailed({ model: MODEL, error: null })).toBe('no reason given');
});

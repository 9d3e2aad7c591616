import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../src/core/error.js';
import { callErrorInfo, ERRORS, errorInfo, exitCode, isMomError, MomError, toMomError } from '../../src/core/error.js';

/** The contract with shells and clients: exit status and HTTP status of each code. */
const TABLE: Record<ErrorCode, [number, number]> = {
  bug: [1, 500],
  usage: [2, 400],
  degraded: [3, 502],
  cost_cap: [4, 402],
  no_credit: [4, 402],
  input_invalid: [65, 400],
  input_too_large: [65, 413],
  request_refused: [65, 400],
  no_code_block: [65, 400],
  no_input: [66, 400],
  no_answer: [69, 502],
  provider_error: [69, 502],
  connection_failed: [69, 502],
  stream_broken: [69, 502],
  bad_response: [69, 502],
  empty_answer: [69, 502],
  content_filtered: [69, 502],
  output_failed: [74, 500],
  store_failed: [74, 500],
  rate_limited: [75, 503],
  overloaded: [75, 503],
  timeout: [75, 504],
  schema_mismatch: [76, 502],
  key_missing: [77, 502],
  key_refused: [77, 502],
  config_invalid: [78, 500],
  config_untrusted: [78, 500],
  model_unknown: [78, 500],
  cancelled: [130, 499],
};

describe('the table of errors', () => {
  it('gives each code its exit status and HTTP status', () => {
    expect(Object.fromEntries(Object.entries(ERRORS).map(([code, row]) => [code, [row.exit, row.http]]))).toEqual(TABLE);
  });

  it('never answers a gateway client 401 for a bad upstream key', () => {
    expect([ERRORS.key_missing.http, ERRORS.key_refused.http]).toEqual([502, 502]);
  });

  it('is what exitCode reads', () => {
    expect(exitCode('model_unknown')).toBe(78);
  });
});

describe('MomError', () => {
  it('carries what happened, what to do and the provider`s status', () => {
    const error = new MomError('rate_limited', 'acme/one: too many requests', { hint: 'wait a minute', status: 429, retryAfterMs: 2_000 });
    expect(errorInfo(error)).toEqual({ code: 'rate_limited', message: 'acme/one: too many requests', hint: 'wait a minute' });
    expect(callErrorInfo(error)).toEqual({ ...errorInfo(error), status: 429 });
    expect(error.retryAfterMs).toBe(2_000);
  });

  it('is known by its brand, also from another bundle', () => {
    const foreign = Object.assign(new Error('x'), { [Symbol.for('mom.error')]: true, code: 'usage' });
    expect(isMomError(foreign)).toBe(true);
    expect(isMomError(new Error('x'))).toBe(false);
    expect(isMomError(null)).toBe(false);
    expect(isMomError('text')).toBe(false);
  });
});

describe('toMomError', () => {
  it('keeps a MomError as it is', () => {
    const error = new MomError('timeout', 'late');
    expect(toMomError(error)).toBe(error);
  });

  it('calls anything else a bug and keeps the cause', () => {
    const cause = new TypeError('x is not a function');
    const error = toMomError(cause);
    expect([error.code, error.message, error.cause]).toEqual(['bug', 'mom ran into a bug: x is not a function', cause]);
    expect(toMomError('text').message).toBe('mom ran into a bug: text');
  });
});

import { describe, expect, it } from 'vitest';
import { ERRORS, type ErrorCode, MomError } from '../../../src/core/error.js';
import { API_ERRORS, ApiError, errorReport, errorResponse } from '../../../src/server/errors.js';

describe('the answer to an error', () => {
  it.each(Object.keys(ERRORS) as ErrorCode[])('has for %s the status and type of the table', async (code) => {
    const response = errorResponse(new MomError(code, 'what happened', { hint: 'what to do' }));
    const isTooLong = code === 'input_too_large';
    expect(response.status).toBe(isTooLong ? 400 : ERRORS[code].http);
    expect(await response.json()).toEqual({
      error: {
        // Agents look for the word in the message, not in the code.
        message: isTooLong ? 'context_length_exceeded: what happened; what to do' : 'what happened; what to do',
        type: ERRORS[code].type,
        param: null,
        code: isTooLong ? 'context_length_exceeded' : code,
      },
    });
  });

  it.each([
    ['invalid_request', 400, null],
    ['unauthorized', 401, 'invalid_api_key'],
    ['forbidden', 403, 'forbidden'],
    ['not_found', 404, 'not_found'],
    ['model_not_found', 404, 'model_not_found'],
    ['method_not_allowed', 405, 'method_not_allowed'],
    ['timeout', 408, 'request_timeout'],
    ['body_too_large', 413, 'request_too_large'],
    ['unsupported_media_type', 415, 'unsupported_media_type'],
    ['rate_limited', 429, 'rate_limit_exceeded'],
  ] as const)('is for %s %s with the code %s', async (kind, status, code) => {
    const response = errorResponse(new ApiError(kind, 'what happened', { param: 'model' }));
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({
      error: {
        message: 'what happened',
        type: kind === 'rate_limited' ? 'rate_limit_error' : 'invalid_request_error',
        param: 'model',
        code,
      },
    });
    expect(Object.keys(API_ERRORS)).toHaveLength(10);
  });

  it('says when to come back, where it is about that', () => {
    const comeBack = (error: MomError | ApiError) => errorResponse(error).headers.get('retry-after');
    expect(comeBack(new ApiError('rate_limited', 'too many', { retryAfterMs: 12_300 }))).toBe('13');
    expect(comeBack(new MomError('overloaded', 'full', { retryAfterMs: 10 }))).toBe('1');
    expect(comeBack(new MomError('rate_limited', 'too many upstream'))).toMatch(/^[1-5]$/);
    expect(comeBack(new MomError('timeout', 'late', { retryAfterMs: 1_000 }))).toBeNull();
  });

  it('tells clients not to ask again once money was spent', () => {
    const error = new MomError('no_answer', 'nobody answered');
    expect(errorResponse(error, { spent: true }).headers.get('x-should-retry')).toBe('false');
    expect(errorResponse(error, { spent: false }).headers.get('x-should-retry')).toBeNull();
  });

  it('has the headers of the error, of the request and of the caller', () => {
    const error = new ApiError('method_not_allowed', 'no', { headers: { allow: 'POST' } });
    const { headers } = errorResponse(error, { requestId: 'req-1', headers: { 'x-mom-run': 'run-1' } });
    expect(Object.fromEntries(headers)).toEqual({
      'content-type': 'application/json',
      'x-request-id': 'req-1',
      'x-mom-run': 'run-1',
      allow: 'POST',
    });
  });

  it('tells nothing of a stack, and what is cleaned', async () => {
    const error = new MomError('bug', 'it broke with secret', { cause: new Error('inner secret') });
    const text = await errorResponse(error, { clean: (words) => words.replaceAll('secret', '[redacted]') }).text();
    expect(text).toBe('{"error":{"message":"it broke with [redacted]","type":"server_error","param":null,"code":"bug"}}');
  });
});

describe('the line in the log', () => {
  it('has the code of the table, or the word for what is in none', () => {
    expect(errorReport(new MomError('timeout', 'late'))).toEqual({ code: 'timeout', message: 'late' });
    expect(errorReport(new ApiError('unauthorized', 'no key'))).toEqual({ code: 'unauthorized', message: 'no key' });
    expect(errorReport(new ApiError('body_too_large', 'big secret'), () => 'big')).toEqual({ code: 'input_too_large', message: 'big' });
  });
});

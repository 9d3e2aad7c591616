import { ERRORS, type ErrorCode, type ErrorInfo, errorLine, type MomError } from '../core/error.js';
import type { RequestReport } from '../core/request-report.js';

type ReportCode = NonNullable<RequestReport['error']>['code'];

interface ApiErrorKind {
  http: number;
  type: string;
  /** As the client sees it; null where its message says all. */
  code: string | null;
  /** As log and metrics tell it. */
  report: ReportCode;
}

/** What can be wrong with a request before it reaches a model: what the table of errors has no word for. */
export const API_ERRORS = {
  invalid_request: { http: 400, type: 'invalid_request_error', code: null, report: 'usage' },
  unauthorized: { http: 401, type: 'invalid_request_error', code: 'invalid_api_key', report: 'unauthorized' },
  forbidden: { http: 403, type: 'invalid_request_error', code: 'forbidden', report: 'forbidden' },
  not_found: { http: 404, type: 'invalid_request_error', code: 'not_found', report: 'not_found' },
  model_not_found: { http: 404, type: 'invalid_request_error', code: 'model_not_found', report: 'model_unknown' },
  method_not_allowed: { http: 405, type: 'invalid_request_error', code: 'method_not_allowed', report: 'method_not_allowed' },
  timeout: { http: 408, type: 'invalid_request_error', code: 'request_timeout', report: 'timeout' },
  body_too_large: { http: 413, type: 'invalid_request_error', code: 'request_too_large', report: 'input_too_large' },
  unsupported_media_type: {
    http: 415,
    type: 'invalid_request_error',
    code: 'unsupported_media_type',
    report: 'unsupported_media_type',
  },
  rate_limited: { http: 429, type: 'rate_limit_error', code: 'rate_limit_exceeded', report: 'rate_limited' },
} as const satisfies Record<string, ApiErrorKind>;

export interface ApiErrorOptions {
  /** What to do now. */
  hint?: string;
  /** The field of the body that is wrong: `messages[3].content`. */
  param?: string;
  /** Milliseconds to wait before the next try. */
  retryAfterMs?: number;
  /** Such as `allow`. */
  headers?: Readonly<Record<string, string>>;
}

const BRAND = Symbol.for('mom.api-error');

/** A request that the gateway turns away by itself. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly kind: keyof typeof API_ERRORS;
  readonly hint: string | null;
  readonly param: string | null;
  readonly retryAfterMs: number | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly [BRAND] = true;

  constructor(kind: keyof typeof API_ERRORS, message: string, options: ApiErrorOptions = {}) {
    super(message);
    this.kind = kind;
    this.hint = options.hint ?? null;
    this.param = options.param ?? null;
    this.retryAfterMs = options.retryAfterMs ?? null;
    this.headers = options.headers ?? {};
  }
}

export function isApiError(error: unknown): error is ApiError {
  return typeof error === 'object' && error !== null && BRAND in error;
}

/** What is told of an error: a thrown one, or one that stands in a result. */
export type TellableError = ApiError | MomError | ErrorInfo;

/** The body of the OpenAI API for an error. */
export interface ErrorBody {
  error: { message: string; type: string; param: string | null; code: string | null };
}

export interface ErrorResponseOptions {
  /** Calls of this request were paid for: asking the same again by itself would pay them twice. */
  spent?: boolean;
  requestId?: string;
  headers?: Readonly<Record<string, string>>;
  /** Takes out what must not be told. */
  clean?: (text: string) => string;
}

/** Seconds in which a client is asked to come back, where nobody has said when: spread, so that not all come at once. */
const RETRY_AFTER = { least: 1, most: 5 } as const;

/** An error as an HTTP answer: status, type and code from the tables, message and hint in its body. */
export function errorResponse(error: TellableError, options: ErrorResponseOptions = {}): Response {
  const status = errorStatus(error);
  const headers: Record<string, string> = { 'content-type': 'application/json', ...options.headers };
  if (options.requestId !== undefined) headers['x-request-id'] = options.requestId;
  if (isApiError(error)) Object.assign(headers, error.headers);
  if (status === 429 || status === 503) headers['retry-after'] = String(retryAfter(error));
  if (options.spent) headers['x-should-retry'] = 'false';
  return new Response(JSON.stringify(errorBody(error, options.clean)), { status, headers });
}

export function errorBody(error: TellableError, clean: (text: string) => string = (text) => text): ErrorBody {
  const message = clean(errorLine(error));
  if (isApiError(error)) {
    const { type, code } = API_ERRORS[error.kind];
    return { error: { message, type, param: error.param, code } };
  }
  const own = OWN_CODES[error.code];
  // Agents that can shorten their conversation look for the word in the message: few libraries hand the code on.
  const told = own === undefined ? message : `${own}: ${message}`;
  return { error: { message: told, type: ERRORS[error.code].type, param: null, code: own ?? error.code } };
}

export function errorStatus(error: TellableError): number {
  if (isApiError(error)) return API_ERRORS[error.kind].http;
  // Clients look for this status beside its code to make their conversation shorter.
  return error.code === 'input_too_large' ? 400 : ERRORS[error.code].http;
}

/** An error for the request's line in the log. */
export function errorReport(error: TellableError, clean: (text: string) => string = (text) => text): NonNullable<RequestReport['error']> {
  return { code: isApiError(error) ? API_ERRORS[error.kind].report : error.code, message: clean(error.message) };
}

/** Codes that clients know by another name. */
const OWN_CODES: Partial<Record<ErrorCode, string>> = { input_too_large: 'context_length_exceeded' };

function retryAfter(error: TellableError): number {
  const ms = 'retryAfterMs' in error ? error.retryAfterMs : null;
  if (ms !== null) return Math.max(1, Math.ceil(ms / 1_000));
  return RETRY_AFTER.least + Math.floor(Math.random() * (RETRY_AFTER.most - RETRY_AFTER.least + 1));
}

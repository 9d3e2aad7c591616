import { withoutKeyLike } from './key-like.js';

/**
 * The one table of errors: exit status of the command line, HTTP status and OpenAI error type of the gateway,
 * and whether asking again can help.
 */
export const ERRORS = {
  bug: { exit: 1, http: 500, type: 'server_error', retry: false },
  usage: { exit: 2, http: 400, type: 'invalid_request_error', retry: false },
  degraded: { exit: 3, http: 502, type: 'server_error', retry: true },
  cost_cap: { exit: 4, http: 402, type: 'insufficient_quota', retry: false },
  no_credit: { exit: 4, http: 402, type: 'insufficient_quota', retry: false },
  input_invalid: { exit: 65, http: 400, type: 'invalid_request_error', retry: false },
  input_too_large: { exit: 65, http: 413, type: 'invalid_request_error', retry: false },
  request_refused: { exit: 65, http: 400, type: 'invalid_request_error', retry: false },
  no_code_block: { exit: 65, http: 400, type: 'invalid_request_error', retry: false },
  no_input: { exit: 66, http: 400, type: 'invalid_request_error', retry: false },
  no_answer: { exit: 69, http: 502, type: 'server_error', retry: true },
  provider_error: { exit: 69, http: 502, type: 'server_error', retry: true },
  connection_failed: { exit: 69, http: 502, type: 'server_error', retry: true },
  stream_broken: { exit: 69, http: 502, type: 'server_error', retry: true },
  bad_response: { exit: 69, http: 502, type: 'server_error', retry: false },
  empty_answer: { exit: 69, http: 502, type: 'server_error', retry: true },
  content_filtered: { exit: 69, http: 502, type: 'server_error', retry: false },
  output_failed: { exit: 74, http: 500, type: 'server_error', retry: false },
  store_failed: { exit: 74, http: 500, type: 'server_error', retry: false },
  rate_limited: { exit: 75, http: 503, type: 'rate_limit_error', retry: true },
  overloaded: { exit: 75, http: 503, type: 'server_error', retry: true },
  timeout: { exit: 75, http: 504, type: 'server_error', retry: true },
  schema_mismatch: { exit: 76, http: 502, type: 'server_error', retry: false },
  key_missing: { exit: 77, http: 502, type: 'server_error', retry: false },
  key_refused: { exit: 77, http: 502, type: 'server_error', retry: false },
  config_invalid: { exit: 78, http: 500, type: 'server_error', retry: false },
  config_untrusted: { exit: 78, http: 500, type: 'server_error', retry: false },
  model_unknown: { exit: 78, http: 500, type: 'server_error', retry: false },
  cancelled: { exit: 130, http: 499, type: 'server_error', retry: false },
} as const satisfies Record<string, { exit: number; http: number; type: string; retry: boolean }>;

export type ErrorCode = keyof typeof ERRORS;

/** An error as a value, as it stands in events, results and JSON. */
export interface ErrorInfo {
  code: ErrorCode;
  /** What happened, to what. */
  message: string;
  /** What to do now. */
  hint: string | null;
}

/** What went wrong with one call: an error, and the provider's HTTP status where there was one. */
export interface CallErrorInfo extends ErrorInfo {
  status: number | null;
}

export interface MomErrorOptions {
  hint?: string;
  cause?: unknown;
  /** HTTP status of the provider. */
  status?: number;
  /** Milliseconds the provider asks to wait. */
  retryAfterMs?: number;
}

const BRAND = Symbol.for('mom.error');

/**
 * The only error that leaves mom. `message` says what happened, `hint` what to do.
 * Test for it with {@link isMomError}: bundles of one process each carry their own class.
 */
export class MomError extends Error {
  override readonly name = 'MomError';
  readonly code: ErrorCode;
  readonly hint: string | null;
  readonly status: number | null;
  readonly retryAfterMs: number | null;
  readonly [BRAND] = true;

  constructor(code: ErrorCode, message: string, options: MomErrorOptions = {}) {
    super(told(code, message), options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint === undefined ? null : told(code, options.hint);
    this.status = options.status ?? null;
    this.retryAfterMs = options.retryAfterMs ?? null;
  }
}

/** A key in the wrong place of a configuration is quoted like any other mistake, and nobody knows yet that it is one. */
function told(code: ErrorCode, text: string): string {
  return code === 'config_invalid' || code === 'config_untrusted' ? withoutKeyLike(text) : text;
}

export function isMomError(error: unknown): error is MomError {
  return typeof error === 'object' && error !== null && BRAND in error;
}

/** What any thrown thing says. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Any thrown thing as a MomError; what is not one is a bug of mom. */
export function toMomError(error: unknown): MomError {
  if (isMomError(error)) return error;
  return new MomError('bug', `mom ran into a bug: ${reasonOf(error)}`, {
    hint: 'please report it with what was asked and the trace (debug_requests, --debug-requests)',
    cause: error,
  });
}

/** Failures before a provider could do any work, though it has told no status. */
const NEVER_SENT: ReadonlySet<string> = new Set<ErrorCode>(['connection_failed', 'key_missing', 'model_unknown', 'config_invalid']);

/** True where a call has failed before it could cost anything. */
export function wasRefused({ code, status }: Pick<MomError, 'code' | 'status'>): boolean {
  return status !== null || NEVER_SENT.has(code);
}

export function errorInfo(error: MomError): ErrorInfo {
  return { code: error.code, message: error.message, hint: error.hint };
}

/** What happened and what to do about it, in one line. */
export function errorLine({ message, hint }: Pick<ErrorInfo, 'message' | 'hint'>): string {
  return hint ? `${message}; ${hint}` : message;
}

export function callErrorInfo(error: MomError): CallErrorInfo {
  return { ...errorInfo(error), status: error.status };
}

export function exitCode(code: ErrorCode): number {
  return ERRORS[code].exit;
}

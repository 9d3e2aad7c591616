import { type ErrorCode, isMomError, MomError, type MomErrorOptions } from '../../core/error.js';
import type { Provider } from '../../core/model.js';
import { isRecord } from '../../core/record.js';
import { formsOf, providerSecrets, SHORTEST_SECRET } from '../../core/secrets.js';
import { LostConnectionError } from '../http/transport.js';

const MAX_PROVIDER_TEXT = 500;
/** Characters of a provider's words that are looked at for what they mean. */
const MAX_READ = 4_000;
/** Characters that are looked through for keys: a key that is cut in the middle would be found no more. */
const MAX_CLEANED = 100_000;

/** Whom an error is about. */
export interface Subject {
  provider: Provider;
  model: string;
}

const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  401: 'key_refused',
  402: 'no_credit',
  403: 'key_refused',
  404: 'model_unknown',
  408: 'timeout',
  409: 'provider_error',
  413: 'input_too_large',
  429: 'rate_limited',
  503: 'overloaded',
  529: 'overloaded',
};

const HINTS: Partial<Record<ErrorCode, string>> = {
  no_credit: 'add credit at the provider, or use another provider',
  model_unknown: 'check the model id with the provider; ids look like `openai/gpt-5` or `provider:model`',
  input_too_large: 'send less, or use a model with a larger context',
  request_refused: 'change the request as the provider says',
  rate_limited: 'wait a little, or use fewer models at once',
  overloaded: 'try again later, or use another model',
  timeout: 'try again later, or use another model',
  provider_error: 'try again later, or use another model',
  connection_failed: 'check the network, the base URL and the proxy settings',
  stream_broken: 'try again; if it stays, use another model',
  bad_response: 'check that the base URL is one of an OpenAI-compatible API (it usually ends in /v1)',
  empty_answer: 'try again, or allow more tokens: reasoning may have used them up',
  content_filtered: 'rephrase the request, or use another model',
};

/** An error about a call with its usual hint. */
export function callError(code: ErrorCode, message: string, options: MomErrorOptions = {}): MomError {
  const hint = HINTS[code];
  return new MomError(code, message, hint === undefined ? options : { hint, ...options });
}

/** No key where one is needed; nothing was sent. */
export function keyMissing({ provider }: Subject): MomError {
  const variable = `${provider.name.toUpperCase().replace(/\W/g, '_')}_API_KEY`;
  return new MomError('key_missing', `no API key for ${provider.name}`, {
    hint: `run \`mom keys set ${provider.name}\`, or set ${variable} or providers.${provider.name}.api_key in the config`,
  });
}

export interface ProviderComplaint {
  message: string;
  /** The parameter it is about, where the provider says. */
  param: string | null;
  /** The provider's word for the error, where it has one. */
  code?: string;
  /** HTTP status, also of an error in the middle of a stream; null when it told none. */
  status: number | null;
  retryAfterMs?: number;
}

/** A provider's refusal, by its status; without a status a plain `provider_error`. */
export function statusError(subject: Subject, complaint: ProviderComplaint): MomError {
  const { status } = complaint;
  const code = codeOf(complaint);
  const at = status === null ? '' : ` (${status})`;
  const hint = code === 'key_refused' ? { hint: `check the key of ${subject.provider.name} and what it may use` } : {};
  const { name } = subject.provider;
  const what =
    code === 'input_too_large' && status !== 413
      ? `the request is too long for ${subject.model} at ${name}`
      : `${name} failed for ${subject.model}`;
  return callError(code, `${what}${at}: ${cleanText(complaint.message, subject.provider)}`, {
    ...hint,
    ...(status === null ? {} : { status }),
    ...(complaint.retryAfterMs === undefined ? {} : { retryAfterMs: complaint.retryAfterMs }),
  });
}

/** How providers say that prompt and answer do not fit into a model's context; their own word for it, or a sentence. */
const TOO_LONG = new RegExp(
  [
    'context_length_exceeded|string_above_max_length|model_context_window_exceeded|exceed_context_size',
    '(maximum|exceeds?( the)?( model.?s)?( maximum| available)?) (context|prompt) (length|window|size)|context (length|window|size)( has been)? exceeded',
    'longer than the model.?s context|exceed context limit|exceeded model token limit|too large for model with|string too long',
    '(prompt|input)( length)?( is)? too long|input token count.*exceeds|input tokens exceed|reduce the length of the (messages|prompt|input)',
  ].join('|'),
  'i',
);

/** What a refusal means. */
export function codeOf({ status, message, code }: ProviderComplaint): ErrorCode {
  if (status === null) return 'provider_error';
  if ((status === 400 || status === 422) && TOO_LONG.test(`${code ?? ''} ${message}`.slice(0, MAX_READ))) return 'input_too_large';
  if (status === 400 && /not a valid model id/i.test(message)) return 'model_unknown';
  // OpenRouter: the model is there, but nobody who runs it takes tools, or images.
  if (status === 404 && /no endpoints found that support/i.test(message)) return 'request_refused';
  const known = BY_STATUS[status];
  if (known !== undefined) return known;
  if (status >= 500) return 'provider_error';
  return status >= 400 ? 'request_refused' : 'bad_response';
}

/** What the provider said in an error body, `{error: {message}}` and its many variants. */
export function readComplaint(body: unknown, status: number | null): ProviderComplaint | null {
  // Google's answers to OpenAI requests put it into a list.
  const said: unknown = Array.isArray(body) ? body[0] : body;
  if (!isRecord(said)) return null;
  const error = 'error' in said ? said.error : said;
  if (typeof error === 'string') return { message: error, param: null, status };
  if (!isRecord(error)) return null;
  const message = [error.message, error.detail].find((text) => typeof text === 'string');
  const raw = isRecord(error.metadata) && typeof error.metadata.raw === 'string' ? `: ${error.metadata.raw}` : '';
  return {
    message: `${typeof message === 'string' ? message : JSON.stringify(error)}${raw}`,
    param: typeof error.param === 'string' ? error.param : null,
    ...(typeof error.code === 'string' ? { code: error.code } : {}),
    status: status ?? httpStatus(error.code) ?? httpStatus(error.status),
  };
}

function httpStatus(value: unknown): number | null {
  const number = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && number >= 400 && number < 600 ? number : null;
}

const NETWORK: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing answers there',
  ECONNRESET: 'the connection was closed',
  ENOTFOUND: 'the host name is unknown',
  EAI_AGAIN: 'the host name could not be looked up',
  ETIMEDOUT: 'the connection timed out',
  EHOSTUNREACH: 'the host can not be reached',
  ENETUNREACH: 'the network can not be reached',
};

/** An error of the connection before any answer. */
export function connectionError(subject: Subject, error: unknown): MomError {
  if (isMomError(error)) return error;
  const { code = '', message = String(error) } = error as NodeJS.ErrnoException;
  const { provider, model } = subject;
  if (error instanceof LostConnectionError)
    return callError('stream_broken', `${provider.name} closed the connection before it answered for ${model} (${code})`, { cause: error });
  if (code.startsWith('HPE_'))
    return callError('bad_response', `${provider.name} answered for ${model} with something that is not HTTP (${code})`, { cause: error });
  const tls = /CERT|SELF_SIGNED|TLS|SSL|UNABLE_TO_VERIFY|EPROTO/.test(code);
  const reason = NETWORK[code] ?? cleanText(message, provider);
  return callError('connection_failed', `could not reach ${provider.name} for ${model}: ${reason}${code ? ` (${code})` : ''}`, {
    cause: error,
    ...(tls ? { hint: 'the certificate is not trusted: set NODE_EXTRA_CA_CERTS to the file of your certificate authority' } : {}),
    ...(code === 'ECONNREFUSED' ? startHint(provider) : {}),
  });
}

/** A server on this machine that does not run is no matter of the network. */
function startHint({ name, baseUrl }: Provider): { hint?: string } {
  const { host, hostname } = new URL(baseUrl);
  const isHere = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
  return isHere ? { hint: `start ${name}, which is asked at ${host}, or use another model` } : {};
}

/** What a provider wrote, on one line, cut to so many characters, and without anything that looks like a key. */
export function cleanText(text: string, provider: Provider, most = MAX_PROVIDER_TEXT): string {
  let clean = text.slice(0, MAX_CLEANED);
  const headers = Object.values(provider.headers).filter((value) => value.length >= SHORTEST_SECRET);
  for (const form of [...headers, ...providerSecrets(provider)].flatMap(formsOf)) clean = clean.replaceAll(form, '[key]');
  clean = clean
    .replace(/\bBearer\s+[\w.~+/=*-]+/gi, 'Bearer [key]')
    .replace(/\bsk-[\w*-]{4,}/g, '[key]')
    .replace(/\s+/g, ' ')
    .trim();
  return clean.length > most ? `${clean.slice(0, most)}…` : clean || 'it gave no reason';
}

/** `cancelled`, with the reason the canceller gave where that is a MomError of this kind. */
export function cancelledError(signal: AbortSignal, model: string): MomError {
  const reason: unknown = signal.reason;
  if (isMomError(reason) && reason.code === 'cancelled') return reason;
  return new MomError('cancelled', `the call to ${model} was cancelled`, { cause: reason });
}

/** Milliseconds of `retry-after-ms` or `Retry-After` (seconds or a date). */
export function retryAfter(headers: Readonly<Record<string, string>>, now: Date): number | undefined {
  const ms = Number.parseFloat(headers['retry-after-ms'] ?? '');
  if (ms >= 0) return ms;
  const value = headers['retry-after'];
  if (value === undefined) return undefined;
  if (/^\s*\d+(\.\d+)?\s*$/.test(value)) return Number(value) * 1_000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now.getTime());
}

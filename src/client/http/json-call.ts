import { setMaxListeners } from 'node:events';
import type { Clock } from '../../core/clock.js';
import { formatDuration } from '../../core/duration.js';
import type { MomError } from '../../core/error.js';
import { DEFAULT_TIMEOUTS } from '../../core/limits.js';
import type { Provider } from '../../core/model.js';
import { withoutOwnKey } from '../answer/echo.js';
import { requestHeaders } from '../attempt.js';
import type { WireDialect } from '../dialects/dialect.js';
import { callError, cancelledError, connectionError, type Subject } from '../failing/errors.js';
import { ConnectLimitError, type Transport } from './transport.js';
import { readWhole } from './whole-body.js';

/** What requests beside the calls themselves need. */
export interface JsonContext {
  transport: Transport;
  clock: Clock;
  userAgent: string;
}

export interface JsonRequest {
  provider: Provider;
  dialect: WireDialect;
  /** What it is about, for messages: a model's id, or words. */
  about: string;
  /** Behind the base URL. */
  path: string;
  /** Null: a GET. */
  body: unknown;
  /** Milliseconds for all of it. */
  limit: number;
  signal: AbortSignal;
}

export interface JsonResponse {
  status: number;
  headers: Record<string, string>;
  text: string;
  /** The parsed text; null when it is no JSON. */
  value: unknown;
}

/**
 * One request whose answer is a small JSON text, with the provider's key and headers.
 * @throws MomError `connection_failed`, `timeout`, `bad_response` for a body beyond all bounds, `cancelled`
 */
export async function jsonCall(context: JsonContext, request: JsonRequest): Promise<JsonResponse> {
  const { provider, dialect, about, path, body, limit, signal } = request;
  const subject: Subject = { provider, model: about };
  const cut = new AbortController();
  const late = () => timeoutError(subject, `did not answer within ${formatDuration(limit)}`);
  const disarm = context.clock.after(limit, () => cut.abort(late()));
  const onAbort = () => cut.abort(cancelledError(signal, about));
  if (signal.aborted) onAbort();
  setMaxListeners(0, signal);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const response = await context.transport.send({
      method: body === null ? 'GET' : 'POST',
      url: provider.baseUrl + path,
      headers: {
        ...requestHeaders(provider, dialect, context.userAgent),
        accept: 'application/json',
        ...(body === null ? {} : { 'content-type': 'application/json' }),
      },
      body: body === null ? null : JSON.stringify(body),
      connect: Math.min(limit, DEFAULT_TIMEOUTS.connect),
      signal: cut.signal,
    });
    const text = withoutOwnKey(await readWhole(response), provider);
    return { status: response.status, headers: response.headers, text, value: parsed(text) };
  } catch (error) {
    if (cut.signal.aborted) throw cut.signal.reason;
    // What is too long is not read on.
    cut.abort();
    if (error instanceof ConnectLimitError) throw timeoutError(subject, 'could not be reached in time');
    throw connectionError(subject, error);
  } finally {
    disarm();
    signal.removeEventListener('abort', onAbort);
  }
}

function timeoutError({ provider, model }: Subject, what: string): MomError {
  return callError('timeout', `${provider.name} ${what} (${model})`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Whoever reads the answer says what it should have been.
    return null;
  }
}

import type { Clock } from '../core/clock.js';
import { formatDuration } from '../core/duration.js';
import type { Exchange } from '../core/exchange.js';
import type { Provider } from '../core/model.js';
import type { CallEvent, CallRequest } from '../core/model-client.js';
import { mayCallTools } from '../core/tool.js';
import { AnswerReader } from './answer/answer-reader.js';
import { EchoFilter } from './answer/echo.js';
import type { Thoughts } from './answer/thoughts.js';
import type { WireDialect } from './dialects/dialect.js';
import {
  callError,
  connectionError,
  keyMissing,
  type ProviderComplaint,
  readComplaint,
  retryAfter,
  type Subject,
  statusError,
} from './failing/errors.js';
import { ExchangeRecorder, recordedRequest } from './http/record.js';
import { createCompletion } from './http/sdk.js';
import { ConnectLimitError, type HttpResponse, type Transport } from './http/transport.js';
import { readWhole } from './http/whole-body.js';
import { type Body, buildBody } from './request/body.js';
import { mendThoughts } from './request/missed-thoughts.js';
import { type Repair, repairBody } from './request/repair.js';

export interface AttemptContext {
  transport: Transport;
  clock: Clock;
  userAgent: string;
  onExchange: ((exchange: Exchange) => void) | undefined;
  /** Providers (by name) that refused `stream_options` once. */
  withoutStreamOptions: Set<string>;
  /** Of earlier turns of tool loops; null: nobody comes back for them. */
  thoughts: Thoughts | null;
}

/**
 * One attempt at a call, without retries and limits; a parameter that the provider refuses is left out at once. It ends with
 * the request's signal, whose reason is a MomError.
 */
export async function* attempt(
  context: AttemptContext,
  provider: Provider,
  dialect: WireDialect,
  request: CallRequest,
): AsyncGenerator<CallEvent> {
  const subject: Subject = { provider, model: request.model };
  if (provider.needsKey && !provider.apiKey) throw keyMissing(subject);
  const { signal } = request;
  try {
    const messages = context.thoughts?.putBack(subject, request.messages) ?? request.messages;
    let body = buildBody(dialect, provider, messages === request.messages ? request : { ...request, messages });
    if (context.withoutStreamOptions.has(provider.name)) delete body.stream_options;
    const repaired = new Set<string>();
    for (;;) {
      signal.throwIfAborted();
      const recorder = recorderOf(context, provider, body, signal);
      let response: HttpResponse | null = null;
      try {
        response = await send(context, subject, dialect, request, body, signal);
        response = recorder?.tap(response) ?? response;
        const repair = isGood(response) ? null : await refusal(response, subject, body, repaired, context.clock);
        if (repair === null) {
          const reader = new AnswerReader(response, subject, dialect, mayCallTools(request.tools), context.thoughts);
          const echo = EchoFilter.of(provider, request.messages);
          for (let events = await reader.next(); events !== null; events = await reader.next()) {
            for (const event of echo?.clean(events) ?? events) yield event;
          }
        }
        response.drain();
        response = null;
        recorder?.done(true);
        if (repair === null) return;
        body = repair.body;
        repaired.add(repair.mark);
        if (repair.mark === 'stream_options') context.withoutStreamOptions.add(provider.name);
        yield { type: 'warning', code: 'parameter_dropped', message: repairMessage(subject, repair) };
      } finally {
        response?.close();
        recorder?.done(false);
      }
    }
  } catch (error) {
    // Whatever broke because of the abort, the abort is the reason.
    signal.throwIfAborted();
    throw error;
  }
}

async function send(
  { transport, userAgent }: AttemptContext,
  subject: Subject,
  dialect: WireDialect,
  request: CallRequest,
  body: Body,
  signal: AbortSignal,
): Promise<HttpResponse> {
  const { provider } = subject;
  const connect = request.timeouts.connect;
  try {
    const headers = { ...requestHeaders(provider, dialect, userAgent), 'content-type': 'application/json', accept: 'text/event-stream' };
    return await createCompletion(transport, provider.baseUrl, body, { headers, connect, signal });
  } catch (error) {
    if (error instanceof ConnectLimitError) {
      throw callError(
        'timeout',
        `no connection to ${provider.name} for ${request.model} within ${formatDuration(connect)} (connect limit)`,
        {
          hint: 'check the network, or raise timeouts.connect',
        },
      );
    }
    throw connectionError(subject, error);
  }
}

/** Key, attribution and the user's own headers, which win. */
export function requestHeaders(provider: Provider, dialect: WireDialect, userAgent: string): Record<string, string> {
  const headers: Record<string, string> = {
    'user-agent': userAgent,
    ...dialect.headers(provider),
    ...(provider.apiKey ? { authorization: `Bearer ${provider.apiKey}` } : {}),
  };
  for (const [name, value] of Object.entries(provider.headers)) headers[name.toLowerCase()] = value;
  return headers;
}

function recorderOf({ clock, onExchange }: AttemptContext, provider: Provider, body: Body, signal: AbortSignal): ExchangeRecorder | null {
  return onExchange ? new ExchangeRecorder(clock, recordedRequest(provider, body), onExchange, signal) : null;
}

function isGood({ status }: HttpResponse): boolean {
  return status >= 200 && status <= 299;
}

async function refusal(
  response: HttpResponse,
  subject: Subject,
  body: Body,
  repaired: ReadonlySet<string>,
  clock: Clock,
): Promise<Repair | null> {
  const { status, headers } = response;
  const text = await readWhole(response).catch((error: Error) => `its reason could not be read: ${error.message}`);
  const complaint = complaintOf(text, status);
  if (complaint === null && status === 404) {
    throw callError('bad_response', `${subject.provider.name} has no such page (404) for ${subject.model}`, { status });
  }
  const known = complaint ?? { message: /^\s*</.test(text) ? 'an HTML page instead of a reason' : text, param: null, status };
  const repair = mendThoughts(body, known, repaired, subject.provider.dialect) ?? repairBody(body, known, repaired);
  if (repair) return repair;
  const wait = retryAfter(headers, clock.date());
  throw statusError(subject, wait === undefined ? known : { ...known, retryAfterMs: wait });
}

function complaintOf(text: string, status: number): ProviderComplaint | null {
  try {
    return readComplaint(JSON.parse(text), status);
  } catch {
    // Not JSON: the status and the text itself have to do.
    return null;
  }
}

function repairMessage({ provider, model }: Subject, { refused, how }: Repair): string {
  return `${provider.name} does not take ${refused} for ${model}: asked again ${how}`;
}

import type { Clock } from '../core/clock.js';
import { formatDuration } from '../core/duration.js';
import { isMomError } from '../core/error.js';
import type { Exchange } from '../core/exchange.js';
import type { Provider } from '../core/model.js';
import type { CallEvent, CallRequest } from '../core/model-client.js';
import { type Body, buildBody, type Repair, repairBody } from './body.js';
import { AnswerDecoder } from './decode.js';
import type { WireDialect } from './dialect.js';
import {
  callError,
  cancelledError,
  cleanText,
  connectionError,
  isRecord,
  keyMissing,
  type ProviderComplaint,
  readComplaint,
  retryAfter,
  type Subject,
  statusError,
} from './errors.js';
import { ExchangeRecorder, recordedRequest } from './record.js';
import { createCompletion } from './sdk.js';
import { decodeSse, LineTooLongError } from './sse.js';
import { ConnectLimitError, type HttpResponse, type Transport } from './transport.js';

/** Characters of a body that is read whole: errors and answers that were not streamed. */
const MAX_WHOLE_BODY = 32 * 1024 * 1024;

export interface AttemptContext {
  transport: Transport;
  clock: Clock;
  userAgent: string;
  onExchange: ((exchange: Exchange) => void) | undefined;
  /** Providers (by name) that refused `stream_options` once. */
  withoutStreamOptions: Set<string>;
}

/** One attempt at a call, without retries and limits; a parameter that the provider refuses is left out at once. */
export async function* attempt(
  context: AttemptContext,
  provider: Provider,
  dialect: WireDialect,
  request: CallRequest,
): AsyncGenerator<CallEvent> {
  const subject: Subject = { provider, model: request.model };
  if (provider.needsKey && !provider.apiKey) throw keyMissing(subject);
  const cut = new AbortController();
  let recorder: ExchangeRecorder | undefined;
  const onAbort = () => {
    cut.abort(cancelledError(request.signal, request.model));
    // At once: whoever aborts may not wait for this call to wind up.
    recorder?.done(false);
  };
  if (request.signal.aborted) onAbort();
  request.signal.addEventListener('abort', onAbort, { once: true });
  let clean = false;
  try {
    cut.signal.throwIfAborted();
    let body = buildBody(dialect, provider, request);
    if (context.withoutStreamOptions.has(provider.name)) delete body.stream_options;
    const repaired = new Set<string>();
    for (;;) {
      recorder = context.onExchange && new ExchangeRecorder(context.clock, recordedRequest(provider, body), context.onExchange);
      try {
        const response = await send(context, subject, dialect, request, body, cut.signal);
        const repair: Repair | null = yield* receive(recorder?.tap(response) ?? response, subject, dialect, body, repaired, context.clock);
        clean = true;
        response.drain();
        recorder?.done(true);
        if (repair === null) return;
        clean = false;
        body = repair.body;
        repaired.add(repair.dropped);
        if (repair.dropped === 'stream_options') context.withoutStreamOptions.add(provider.name);
        yield { type: 'warning', code: 'parameter_dropped', message: repairMessage(subject, repair) };
      } finally {
        recorder?.done(false);
      }
    }
  } catch (error) {
    // Whatever broke because of the abort, the abort is the reason.
    if (cut.signal.aborted) throw cut.signal.reason;
    throw error;
  } finally {
    request.signal.removeEventListener('abort', onAbort);
    if (!clean) cut.abort();
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

/** Reads a response to its end. Returns the repaired body where a refused parameter is worth another request. */
async function* receive(
  response: HttpResponse,
  subject: Subject,
  dialect: WireDialect,
  body: Body,
  repaired: ReadonlySet<string>,
  clock: Clock,
): AsyncGenerator<CallEvent, Repair | null> {
  if (response.status < 200 || response.status > 299) return refusal(response, subject, body, repaired, clock);
  const type = (response.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const decoder = new AnswerDecoder(subject, dialect, response.headers);
  if (type === 'application/json') {
    yield* decoder.value(parse(await readWhole(response), subject), 'message');
  } else if (type === 'text/event-stream' || type === '') {
    yield* stream(response, subject, decoder);
  } else {
    throw callError('bad_response', `${subject.provider.name} answered with ${type} instead of a stream (${subject.model})`);
  }
  decoder.end();
  return null;
}

async function* stream(response: HttpResponse, { provider, model }: Subject, decoder: AnswerDecoder): AsyncGenerator<CallEvent> {
  try {
    for await (const batch of decodeSse(response.body)) {
      const end = batch.findIndex((data) => data.startsWith('[DONE]'));
      for (const event of joined(decoder, end < 0 ? batch : batch.slice(0, end))) yield event;
      if (end >= 0) return;
    }
  } catch (error) {
    if (isMomError(error)) throw error;
    if (error instanceof LineTooLongError) throw callError('bad_response', `${provider.name} sent ${error.message} (${model})`);
    // All of the text is there; only the usage may be missing.
    if (!decoder.finished) throw decoder.broken('broke off', error);
  }
}

/** The events of chunks that came together; texts that follow each other are one, as each event passes many hands. */
function* joined(decoder: AnswerDecoder, batch: readonly string[]): Generator<CallEvent> {
  let last: CallEvent | null = null;
  try {
    for (const data of batch) {
      if (data === '') continue;
      for (const event of decoder.chunk(data)) {
        if (last?.type === 'text' && event.type === 'text') {
          last = { type: 'text', text: last.text + event.text };
          continue;
        }
        if (last) yield last;
        last = event;
      }
    }
  } catch (error) {
    // What came before the broken chunk is not lost.
    if (last) yield last;
    throw error;
  }
  if (last) yield last;
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
  const repair = repairBody(body, known, repaired);
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

function parse(text: string, { provider, model }: Subject): unknown {
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value;
  } catch {
    // Told below, like JSON that is no object.
  }
  throw callError(
    'bad_response',
    `${provider.name} sent something that is not a JSON object: ${cleanText(text.slice(0, 100), provider)} (${model})`,
  );
}

/** @throws Error when the connection breaks, or the body is beyond all bounds. */
export async function readWhole(response: HttpResponse): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of response.body) {
    size += part.length;
    if (size > MAX_WHOLE_BODY) throw callError('bad_response', `a provider sent a body of more than ${MAX_WHOLE_BODY} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function repairMessage({ provider, model }: Subject, { dropped, renamed }: Repair): string {
  const how = renamed === null ? `without it` : `with ${renamed}`;
  return `${provider.name} does not take ${dropped} for ${model}: asked again ${how}`;
}

import { StringDecoder } from 'node:string_decoder';
import type { Clock } from '../../core/clock.js';
import type { Exchange } from '../../core/exchange.js';
import type { Provider } from '../../core/model.js';
import type { Body } from '../request/body.js';
import type { HttpResponse } from './transport.js';

const KEPT_HEADERS = ['content-type', 'retry-after', 'retry-after-ms', 'x-generation-id'];

/** Keeps what one exchange sends and gets. `done` may be called more than once; the first call counts. */
export class ExchangeRecorder {
  readonly #chunks: { t_ms: number; text: string }[] = [];
  readonly #start: number;
  #response: HttpResponse | null = null;
  #done = false;
  #ended = false;

  constructor(
    private readonly clock: Clock,
    private readonly request: Exchange['request'],
    private readonly onExchange: (exchange: Exchange) => void,
    signal: AbortSignal,
  ) {
    this.#start = clock.now();
    // At once: whoever aborts may not wait for the call to wind up.
    signal.addEventListener('abort', () => this.done(false), { once: true });
  }

  /** The same response, its body listened to. */
  tap(response: HttpResponse): HttpResponse {
    this.#response = response;
    return { ...response, body: this.#listen(response.body) };
  }

  /** @param complete True when nothing that follows matters, though the body may not be read to its end. */
  done(complete: boolean): void {
    if (this.#done || this.#response === null) return;
    this.#done = true;
    const { status, headers } = this.#response;
    const kept = KEPT_HEADERS.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]]));
    this.onExchange({
      request: this.request,
      response: { status, headers: Object.fromEntries(kept), chunks: this.#chunks, broken: !complete && !this.#ended },
    });
  }

  async *#listen(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    const decoder = new StringDecoder('utf8');
    for await (const bytes of body) {
      this.#chunks.push({ t_ms: Math.round(this.clock.now() - this.#start), text: decoder.write(bytes) });
      yield bytes;
    }
    this.#ended = true;
  }
}

/** What is kept of a request: no header, and of the address only the path. */
export function recordedRequest(provider: Provider, body: Body): Exchange['request'] {
  return { method: 'POST', path: `${new URL(provider.baseUrl).pathname.replace(/\/$/, '')}/chat/completions`, body };
}

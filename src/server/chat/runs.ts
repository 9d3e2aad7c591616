import type { Clock } from '../../core/clock.js';
import { ApiError } from '../errors.js';
import { KeptProposals } from './kept-proposals.js';
import type { LiveRun } from './live-run.js';
import type { RequestKey } from './request-key.js';

/** The runs of one gateway, by which a client that asks again finds what it has paid for already. */
export class ChatState {
  readonly kept: KeptProposals;
  readonly #running = new Set<{ key: RequestKey; live: LiveRun }>();
  readonly #byIdempotencyKey = new Map<string, { key: RequestKey; live: LiveRun }>();

  constructor(clock: Clock) {
    this.kept = new KeptProposals(clock);
  }

  /**
   * The running twin of a request; null when there is none, or the client does not say that it asks again.
   * @throws ApiError when its Idempotency-Key stands for another request
   */
  twinOf(key: RequestKey, headers: Headers): LiveRun | null {
    const named = this.#byIdempotencyKey.get(idempotencyKey(key, headers) ?? '');
    if (named) {
      if (named.key.isSame(key)) return named.live;
      throw new ApiError('invalid_request', 'this Idempotency-Key was sent with another body, and that request is still running', {
        hint: 'send a new key with a new request',
      });
    }
    if (!isRetry(headers)) return null;
    for (const { key: other, live } of this.#running) if (other.isSame(key)) return live;
    return null;
  }

  /** From now on the run can be found by its request. */
  add(live: LiveRun, key: RequestKey, headers: Headers): void {
    const entry = { key, live };
    this.#running.add(entry);
    const name = idempotencyKey(key, headers);
    if (name !== null) this.#byIdempotencyKey.set(name, entry);
    const forget = () => {
      this.#running.delete(entry);
      if (name !== null && this.#byIdempotencyKey.get(name) === entry) this.#byIdempotencyKey.delete(name);
    };
    live.signal.addEventListener('abort', forget, { once: true });
    void live.over.then(forget);
  }
}

/** Made once for a gateway; outlives every reload. */
export function createChatState(clock: Clock): ChatState {
  return new ChatState(clock);
}

/** OpenAI's libraries count their retries in this header. */
function isRetry(headers: Headers): boolean {
  return Number(headers.get('x-stainless-retry-count') ?? 0) > 0;
}

function idempotencyKey({ client }: RequestKey, headers: Headers): string | null {
  const sent = headers.get('idempotency-key');
  return sent === null || sent === '' ? null : `${client}\n${sent}`;
}

import { createHash } from 'node:crypto';

/** How an answer is delivered, not what it is: a client that comes back may ask for the other way. */
const DELIVERY: ReadonlySet<string> = new Set(['stream', 'stream_options']);

/** Tells whether two requests are the same: one client, one body. The hash is made only when somebody asks. */
export class RequestKey {
  readonly client: string;
  readonly #body: Readonly<Record<string, unknown>>;
  #hash: string | null = null;

  constructor(client: string, body: Readonly<Record<string, unknown>>) {
    this.client = client;
    this.#body = body;
  }

  /** SHA-256. */
  get hash(): string {
    this.#hash ??= createHash('sha256')
      .update(JSON.stringify([this.client, Object.entries(this.#body).filter(([name]) => !DELIVERY.has(name))]))
      .digest('base64');
    return this.#hash;
  }

  isSame(other: RequestKey): boolean {
    return this.client === other.client && this.hash === other.hash;
  }
}

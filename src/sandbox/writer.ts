import type { ServerResponse } from 'node:http';

/** Writes a body, breaking the connection after exactly `cutAt` bytes where that is asked for, and waits on a clock that a closed connection ends. */
export class BodyWriter {
  #left: number | null;
  #timers = new Set<NodeJS.Timeout>();
  /** True once the sandbox itself broke the connection. */
  broken = false;
  readonly response: ServerResponse;

  constructor(response: ServerResponse, cutAt: number | null) {
    this.response = response;
    this.#left = cutAt;
    response.on('close', () => {
      for (const timer of this.#timers) clearTimeout(timer);
    });
  }

  /** False when nothing more can be sent. */
  write(text: string): boolean {
    if (this.broken || this.response.destroyed) return false;
    if (this.#left === null) {
      this.response.write(text);
      return true;
    }
    const bytes = Buffer.from(text);
    const part = bytes.subarray(0, this.#left);
    this.#left -= part.length;
    if (part.length > 0) this.response.write(part);
    else this.response.flushHeaders();
    if (this.#left > 0) return true;
    this.break();
    return false;
  }

  end(): void {
    if (this.broken || this.response.destroyed) return;
    if (this.#left === null) this.response.end();
    else this.break();
  }

  /** Sends what is written and closes the connection without an end. */
  break(): void {
    this.broken = true;
    this.response.socket?.destroySoon();
  }

  after(ms: number, callback: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      callback();
    }, ms);
    this.#timers.add(timer);
  }
}

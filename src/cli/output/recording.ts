import { closeSync, openSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import type { MomError } from '../../core/error.js';
import type { Exchange } from '../../core/exchange.js';
import { outputError } from './output-error.js';

/** The file of `--record`: one exchange a line. */
export class Recording {
  readonly #path: string;
  readonly #place: string;
  readonly #onError: (error: MomError) => void;
  #fd: number | null = null;

  /** `onError` is told once, when no more can be kept. */
  constructor(path: string, cwd: string, onError: (error: MomError) => void) {
    this.#path = path;
    this.#place = resolve(cwd, path);
    this.#onError = onError;
  }

  /** Empties the file: call it when the run is sure to begin. @throws MomError `output_failed` when it can't be written */
  open(): void {
    try {
      this.#fd = openSync(this.#place, 'w', 0o600);
    } catch (error) {
      throw outputError(this.#path, error);
    }
  }

  /** Never throws: what can't be kept must not harm the call it belongs to. */
  keep(exchange: Exchange): void {
    if (this.#fd === null) return;
    try {
      const bytes = Buffer.from(`${JSON.stringify(exchange)}\n`);
      for (let done = 0; done < bytes.length; ) done += writeSync(this.#fd, bytes, done);
    } catch (error) {
      this.close();
      this.#onError(outputError(this.#path, error));
    }
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }
}

import { createReadStream } from 'node:fs';
import { abortReason, unreadable } from './errors.js';
import type { SizeBudget } from './limits.js';

/** How to read one file whole. */
export interface ReadBytes {
  /** What the errors call it. */
  name: string;
  /** Bytes; for more `refuse` gives the error. */
  limit: number;
  refuse: (name: string) => Error;
  signal: AbortSignal;
}

/**
 * All bytes of a file, device or named pipe.
 * @throws {MomError} `no_input`, `input_too_large`, or the reason of the signal
 */
export function readBytes(path: string, { name, limit, refuse, signal }: ReadBytes): Promise<Buffer> {
  if (signal.aborted) return Promise.reject(abortReason(signal, `reading ${name}`));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let total = 0;
    const stream = createReadStream(path);
    const onAbort = () => stop(abortReason(signal, `reading ${name}`));
    // Not left to the stream's own signal: a read that blocks on a pipe would keep the abort waiting.
    signal.addEventListener('abort', onAbort, { once: true });
    stream.on('data', (chunk: string | Buffer) => {
      chunks.push(chunk as Buffer);
      total += chunk.length;
      if (total > limit) stop(refuse(name));
    });
    stream.on('error', (error) => stop(unreadable(name, error)));
    stream.on('end', () => {
      signal.removeEventListener('abort', onAbort);
      resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks));
    });
    function stop(error: Error) {
      signal.removeEventListener('abort', onAbort);
      stream.destroy();
      reject(error);
    }
  });
}

/** {@link readBytes} within what is left of the budget for text; takes the bytes from it. */
export async function readWithin(budget: SizeBudget, path: string, name: string, signal: AbortSignal): Promise<Buffer> {
  const bytes = await readBytes(path, { name, limit: budget.left, refuse: (file) => budget.refusal(file), signal });
  budget.take(name, bytes.length);
  return bytes;
}

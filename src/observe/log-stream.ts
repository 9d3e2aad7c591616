import { write } from 'node:fs';

/** Bytes that wait for a reader who does not read; lines beyond that are lost. */
const MOST_WAITING = 1024 * 1024;
/** Milliseconds in which lines are gathered: under load a write for each line would cost more than the line. */
const GATHER = 20;
/** Milliseconds until a full pipe is tried again, and what the end waits for one. */
const RETRY_AFTER = 50;
const LAST_WAIT = 500;

/** Where log lines go. */
export interface LogStream {
  write(line: string): void;
  /** Resolves when all lines are with the system, or nobody takes them. */
  close(): Promise<void>;
}

/**
 * Lines to a file descriptor, beside the work of the process: it neither waits for a reader that does not read, as
 * process.stderr would on a pipe, nor breaks when the reader goes away.
 */
export function openLogStream(fd: number): LogStream {
  let waiting: Buffer[] = [];
  let size = 0;
  let isGone = false;
  let current: Promise<void> | null = null;

  async function drain(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, GATHER));
    while (waiting.length > 0 && !isGone) {
      let chunk = Buffer.concat(waiting);
      waiting = [];
      while (chunk.length > 0 && !isGone) chunk = chunk.subarray(await some(chunk));
      size = waiting.reduce((sum, { length }) => sum + length, 0);
    }
    current = null;
  }

  function some(chunk: Buffer): Promise<number> {
    return new Promise((resolve) => {
      write(fd, chunk, (error, written) => {
        if (!error) return resolve(written);
        if (error.code === 'EAGAIN') return void setTimeout(() => resolve(0), RETRY_AFTER).unref();
        isGone = true;
        resolve(0);
      });
    });
  }

  return {
    write(line) {
      const bytes = Buffer.from(line);
      if (isGone || size + bytes.length > MOST_WAITING) return;
      waiting.push(bytes);
      size += bytes.length;
      current ??= drain();
    },
    async close() {
      if (current === null) return;
      let timer: NodeJS.Timeout | undefined;
      await Promise.race([
        current,
        new Promise<void>((resolve) => {
          timer = setTimeout(resolve, LAST_WAIT);
        }),
      ]);
      clearTimeout(timer);
    },
  };
}

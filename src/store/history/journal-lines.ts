import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Bytes that are read at once. */
const CHUNK = 1024 * 1024;

/** A longer line than this (bytes) is none of a journal's. */
const LONGEST = 256 * 1024 * 1024;

export interface FileLine {
  /** What the line holds; undefined where it is no JSON object. */
  value: Record<string, unknown> | undefined;
  /** Where it begins and where the next one does, in bytes. The last line has an end only where it is whole. */
  start: number;
  end: number;
}

/**
 * The lines of a file from `position` on, in constant memory. A torn last line comes as one that holds nothing, and an
 * empty one not at all.
 * @throws Error of node:fs
 */
export function* journalLines(path: string, position: number): IterableIterator<FileLine> {
  const fd = openSync(path, 'r');
  try {
    let start = position;
    let parts: Buffer[] = [];
    let waiting = 0;
    for (let at = position; ; ) {
      const chunk = Buffer.allocUnsafe(CHUNK);
      const length = readSync(fd, chunk, 0, CHUNK, at);
      if (length === 0) break;
      at += length;
      let from = 0;
      for (let newline = chunk.indexOf(10); newline !== -1 && newline < length; newline = chunk.indexOf(10, from)) {
        parts.push(chunk.subarray(from, newline));
        from = newline + 1;
        const end = at - length + from;
        if (end - start > 1) yield { value: parsed(parts), start, end };
        parts = [];
        waiting = 0;
        start = end;
      }
      if (waiting < LONGEST) parts.push(chunk.subarray(from, length));
      waiting += length - from;
    }
    if (waiting > 0) yield { value: parsed(parts), start, end: start };
  } finally {
    closeSync(fd);
  }
}

/** The last bytes of a file. */
export function tailOf(path: string, bytes: number): string {
  const fd = openSync(path, 'r');
  try {
    const { size } = fstatSync(fd);
    const tail = Buffer.alloc(Math.min(bytes, size));
    readSync(fd, tail, 0, tail.length, size - tail.length);
    return tail.toString('utf8');
  } finally {
    closeSync(fd);
  }
}

function parsed(parts: readonly Buffer[]): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.concat(parts).toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

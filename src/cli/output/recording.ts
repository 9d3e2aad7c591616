import { closeSync, openSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Exchange } from '../../core/exchange.js';
import { outputError } from './stdout.js';

/** The file of `--record`: one exchange a line. @throws MomError `output_failed` when it can't be written */
export function openRecording(path: string, cwd: string): { keep(exchange: Exchange): void; close(): void } {
  let fd: number | null;
  try {
    fd = openSync(resolve(cwd, path), 'w', 0o600);
  } catch (error) {
    throw outputError(path, error);
  }
  return {
    keep(exchange) {
      if (fd !== null) writeSync(fd, `${JSON.stringify(exchange)}\n`);
    },
    close() {
      if (fd !== null) closeSync(fd);
      fd = null;
    },
  };
}

import { rmSync } from 'node:fs';

/** Milliseconds between attempts, and how many there are. */
const AGAIN = { after: 100, attempts: 30 } as const;

/**
 * Removes a folder in which a program may still be writing that nobody waits for: a mom whose reader has gone, an import of its
 * own, a browser. What comes meanwhile is removed too, which `maxRetries` of Node does not do.
 */
export function removeAll(folder: string): void {
  for (let attempt = 1; ; attempt += 1) {
    try {
      rmSync(folder, { recursive: true, force: true });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY' || attempt === AGAIN.attempts) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, AGAIN.after);
    }
  }
}

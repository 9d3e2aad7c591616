import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { MomError } from '../../core/error.js';

/** Milliseconds. A holder needs a few; one that is this old has died. */
const STALE = 5_000;
const LONGEST_WAIT = 10_000;
const PAUSE = 15;

/**
 * Does `work` while no other process does what it guards with the same file.
 * @throws MomError `output_failed` when the others do not come to an end; Error of node:fs where the lock can't be made
 */
export async function withLock<T>(lock: string, work: () => T): Promise<T> {
  const mine = `${process.pid} ${randomBytes(8).toString('hex')}`;
  for (const start = performance.now(); !take(lock, mine); await pause()) {
    removeStale(lock);
    if (performance.now() - start > LONGEST_WAIT) {
      throw new MomError('output_failed', `${lock} is held by another mom`, { hint: 'try again; if no other mom runs, delete it' });
    }
  }
  try {
    return work();
  } finally {
    if (read(lock) === mine) rmSync(lock, { force: true });
  }
}

function take(lock: string, mine: string): boolean {
  const draft = `${lock}.${mine.replace(' ', '.')}`;
  try {
    // With its text from the start, as a file that is opened first and written later could be read between.
    writeFileSync(draft, mine, { mode: 0o600, flag: 'wx' });
    linkSync(draft, lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Takes away the lock of a process that has died. It may be a new one by the time it is moved: then it goes back. */
function removeStale(lock: string): void {
  const seen = read(lock);
  if (seen === null || Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) < STALE) return;
  const aside = `${lock}.${process.pid}.stale`;
  try {
    renameSync(lock, aside);
    if (read(aside) !== seen) linkSync(aside, lock);
  } catch {
    // Another process was faster.
  } finally {
    rmSync(aside, { force: true });
  }
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PAUSE * (0.5 + Math.random())));
}

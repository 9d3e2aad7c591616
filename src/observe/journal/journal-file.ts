import { close as closeSoon, closeSync, fdatasync, fsync, open } from 'node:fs';
import { dirname } from 'node:path';
import { systemClock } from '../../core/clock.js';
import { openPrivateFile, preparePrivateFolder, writeWhole } from '../../core/system/private-file.js';

/** Milliseconds from what is new in a file to the moment it is asked for on the disk; between two such moments at least as much. */
const SYNC_EVERY = 500;

/** Of file systems that can't promise to keep what they are given. */
const NO_PROMISE: ReadonlySet<string | undefined> = new Set(['EINVAL', 'ENOSYS', 'ENOTSUP', 'EROFS']);

export interface JournalFileOptions {
  path: string;
  /** What is still gathered can go into the file now: called before the disk is asked to keep it. */
  beforeSync(): void;
  /** The disk has not kept what was written. */
  onError(error: NodeJS.ErrnoException): void;
}

export interface JournalFile {
  /** Makes the file with the first text. The system has the text when this returns: the process may die. @throws Error of node:fs */
  write(text: string): void;
  /** Nothing more will be written. Does not wait for the disk. @param keeps the disk is asked once more to keep what is new */
  close(options?: { keeps: boolean }): void;
}

/**
 * An append-only 0600 file. What is written outlives the process; half a second later the disk has been asked to keep it, off
 * the event loop and never twice at once, so that a power cut takes no more than the last second.
 */
export function createJournalFile({ path, beforeSync, onError }: JournalFileOptions): JournalFile {
  let fd: number | null = null;
  let isSyncing = false;
  let isClosed = false;
  let keepsLast = false;
  /** Something was written that no sync covers. */
  let isDirty = false;
  let hasSyncedFolder = false;
  let syncedAt = 0;
  let timer: NodeJS.Timeout | null = null;

  function syncSoon(): void {
    if (isClosed || isSyncing || timer !== null) return;
    const rest = syncedAt === 0 ? SYNC_EVERY : Math.max(0, syncedAt + SYNC_EVERY - systemClock.now());
    timer = setTimeout(sync, rest).unref();
  }

  function sync(): void {
    // What this writes is asked for now, and needs no time of its own.
    beforeSync();
    timer = null;
    if (!isClosed && isDirty) ask();
  }

  /** The file stays open until the disk has answered. */
  function ask(): void {
    if (fd === null) return;
    isDirty = false;
    isSyncing = true;
    syncedAt = systemClock.now();
    fdatasync(fd, (error) => {
      if (error || hasSyncedFolder) {
        answered(error);
        return;
      }
      hasSyncedFolder = true;
      syncFolder(dirname(path), answered);
    });
  }

  function answered(error: NodeJS.ErrnoException | null): void {
    isSyncing = false;
    if (isClosed) end();
    else if (isDirty) syncSoon();
    if (error && !NO_PROMISE.has(error.code)) onError(error);
  }

  function end(): void {
    if (keepsLast && isDirty) ask();
    else release();
  }

  function release(): void {
    if (fd !== null) closeSync(fd);
    fd = null;
  }

  return {
    write(text) {
      if (fd === null) {
        preparePrivateFolder(dirname(path));
        fd = openPrivateFile(path);
      }
      writeWhole(fd, text);
      isDirty = true;
      syncSoon();
    },
    close({ keeps } = { keeps: false }) {
      if (isClosed) return;
      isClosed = true;
      keepsLast = keeps;
      if (timer) clearTimeout(timer);
      if (!isSyncing) end();
    },
  };
}

/** A new file can be found after a power cut only when its folder was kept too. */
function syncFolder(dir: string, done: (error: NodeJS.ErrnoException | null) => void): void {
  open(dir, 'r', (error, fd) => {
    if (error) done(error);
    else fsync(fd, (failed) => closeSoon(fd, () => done(failed)));
  });
}

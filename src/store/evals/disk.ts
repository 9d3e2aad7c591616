import { close, fdatasync, open } from 'node:fs';

/** Milliseconds from the first write that the disk has not been asked to keep to the moment it is asked. */
const SYNC_AFTER = 1_000;

/** Asks the disk to keep what was written. */
export interface Disk {
  /** Something was written. */
  written(): void;
  stop(): void;
}

/**
 * What is written outlives the process at once, as the system has it; a power cut takes no more than the last second. The disk is
 * asked off the event loop: waited for at every answer it would hold up all that are under way. @param path the database's
 */
export function createDisk(path: string): Disk {
  let timer: NodeJS.Timeout | null = null;
  return {
    written() {
      timer ??= setTimeout(() => {
        timer = null;
        sync(`${path}-wal`);
      }, SYNC_AFTER).unref();
    },
    stop() {
      if (timer !== null) clearTimeout(timer);
      timer = null;
    },
  };
}

/** SQLite keeps no locks on its write-ahead log, so it may be opened and closed beside it. */
function sync(path: string): void {
  open(path, 'r', (missing, fd) => {
    // Where the log is gone, it has gone into the file, for which SQLite has waited.
    if (missing === null) fdatasync(fd, () => close(fd));
  });
}

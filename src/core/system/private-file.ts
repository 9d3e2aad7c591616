import { chmodSync, closeSync, constants, fdatasyncSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { makeFolder } from './make-folder.js';

const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_RDONLY, O_WRONLY } = constants;

/** A folder of mom's own: made when it is not there, and closed to everybody else when it is open to them. */
export function preparePrivateFolder(dir: string): void {
  const known = statSync(dir, { throwIfNoEntry: false });
  if (known === undefined) makeFolder(dir);
  const { mode } = known ?? statSync(dir);
  if ((mode & 0o077) !== 0) chmodSync(dir, mode & 0o700);
}

/** A new 0600 file for appending. Fails when the name is taken, also by a link. */
export function openPrivateFile(path: string): number {
  return openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW, 0o600);
}

/** Writes all of `text`, or throws: a nearly full disk takes a part first. */
export function writeWhole(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
}

/**
 * Puts `text` at `path` in one step: a reader, and a crash, see the old file or the new one; with `sync` a power cut too.
 * The name of the draft is nobody else's: in two containers that share a folder two processes may have the same number.
 */
export function replacePrivateFile(path: string, text: string, { sync = false }: { sync?: boolean } = {}): void {
  const draft = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}.tmp`;
  const fd = openPrivateFile(draft);
  try {
    writeWhole(fd, text);
    if (sync) fsyncSync(fd);
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  } finally {
    closeSync(fd);
  }
}

/** Has the disk keep a file, and waits for it. Where that can't be had, it stays as it is. */
export function syncPrivateFile(path: string): void {
  try {
    const fd = openSync(path, O_RDONLY | O_NOFOLLOW);
    try {
      fdatasyncSync(fd);
    } finally {
      closeSync(fd);
    }
  } catch {
    // The file can be read all the same, unless the power fails now.
  }
}

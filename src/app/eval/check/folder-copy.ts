import { createHash } from 'node:crypto';
import { constants, type Dirent, readdirSync, statSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { MomError, reasonOf } from '../../../core/error.js';
import { CHECK_FOLDER } from '../../../core/limits.js';

/** What a folder holds, and a mark that changes when a file of it does. */
export interface FolderState {
  /** SHA-256 over paths, sizes and times of change. */
  mark: string;
  files: number;
  bytes: number;
}

/** @throws MomError `no_input` for what is no folder, `input_too_large` for one that nobody wants copied for each answer */
export function lookAtFolder(folder: string): FolderState {
  const hash = createHash('sha256');
  const state = { files: 0, bytes: 0 };
  for (const entry of entriesOf(folder)) {
    const path = join(entry.parentPath, entry.name);
    const stat = statSync(path, { throwIfNoEntry: false });
    hash.update(`${relative(folder, path)}\0${stat?.size}\0${stat?.mtimeMs}\0`);
    state.files += 1;
    state.bytes += stat?.isFile() ? stat.size : 0;
    if (state.files > CHECK_FOLDER.files || state.bytes > CHECK_FOLDER.bytes) throw tooLarge(folder);
  }
  return { ...state, mark: hash.digest('hex') };
}

/** A copy of everything in it; where the disk can, blocks are shared until one is written. */
export async function copyFolder(from: string, to: string): Promise<void> {
  await cp(from, to, {
    recursive: true,
    verbatimSymlinks: true,
    preserveTimestamps: true,
    mode: constants.COPYFILE_FICLONE,
    // Sockets and pipes can't be copied, and a check can't use them.
    filter: (path) => isCopied(path),
  });
}

function isCopied(path: string): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined || stat.isFile() || stat.isDirectory();
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true }).sort((a, b) => (pathOf(a) < pathOf(b) ? -1 : 1));
  } catch (error) {
    throw new MomError('no_input', `the folder of --check, ${folder}, can't be read: ${reasonOf(error)}`, {
      hint: 'name one with --check-folder',
      cause: error,
    });
  }
}

function pathOf({ parentPath, name }: Dirent): string {
  return join(parentPath, name);
}

function tooLarge(folder: string): MomError {
  const { files, bytes } = CHECK_FOLDER;
  return new MomError(
    'input_too_large',
    `the folder of --check, ${folder}, holds more than ${files} files or ${bytes / 1024 ** 3} GB, and each answer gets a copy of it`,
    { hint: 'name the folder that the check needs with --check-folder' },
  );
}

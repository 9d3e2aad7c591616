import { closeSync, constants, fchmodSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { MomError, reasonOf } from '../../core/error.js';
import type { Warning } from '../../core/run.js';

/** How a file that holds secrets is spoken of. */
export interface OwnFileWords {
  /** Stands before its path: `the key of the gateway in`. */
  what: string;
  /** Stands behind it: `is not used`. */
  unused: string;
  /** What to do when something else stands in its place. */
  renew: string;
  /** What others may have read. */
  secret: string;
  /** Code of the warning that it was open to others. */
  code: string;
}

/**
 * The text of a file that only its owner may read; null where there is none. Rights of others are taken away, with a warning.
 * @throws MomError `config_invalid` for a link, for what is no file or belongs to somebody else, and for one that can't be read
 */
export function readOwnFile(file: string, words: OwnFileWords): { text: string; warnings: Warning[] } | null {
  const fd = open(file, words);
  if (fd === null) return null;
  try {
    const warnings = takeRights(file, fd, words);
    return { text: readFileSync(fd, 'utf8'), warnings };
  } finally {
    closeSync(fd);
  }
}

export function unusableFile(file: string, { what, unused, renew }: OwnFileWords, why: string, hint = renew): MomError {
  return new MomError('config_invalid', `${what} ${file} ${unused}: ${why}`, { hint });
}

function open(file: string, words: OwnFileWords): number | null {
  try {
    // A pipe in its place would be waited for.
    return openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    if (code === 'ELOOP' || code === 'EMLINK') throw unusableFile(file, words, 'it is a link');
    throw unusableFile(file, words, reasonOf(error), 'check its rights');
  }
}

function takeRights(file: string, fd: number, words: OwnFileWords): Warning[] {
  const { mode, uid } = fstatSync(fd);
  if ((mode & constants.S_IFMT) !== constants.S_IFREG) throw unusableFile(file, words, 'it is no file');
  if (process.getuid && uid !== process.getuid()) throw unusableFile(file, words, 'it belongs to another user');
  if ((mode & 0o077) === 0) return [];
  const risk = `whoever has an account on this machine may have read ${words.secret}`;
  try {
    fchmodSync(fd, 0o600);
  } catch {
    return [{ code: words.code, message: `${file} is open to others and could not be closed; ${risk}` }];
  }
  return [{ code: words.code, message: `${file} was open to others and no longer is; ${risk}` }];
}

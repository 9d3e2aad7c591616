import { randomBytes } from 'node:crypto';
import { closeSync, constants, fchmodSync, fstatSync, linkSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { MomError } from '../core/error.js';
import type { Warning } from '../core/run.js';
import { stateDir } from '../core/xdg.js';
import { preparePrivateFolder } from '../observe/private-file.js';

type Env = Readonly<Record<string, string | undefined>>;

/** The gateway's own key, and where it is kept. */
export interface KeptServeKey {
  key: string;
  /** Absolute. */
  file: string;
  warnings: readonly Warning[];
}

/** Random bytes of a key. */
const KEY_BYTES = 32;

const RENEW = 'delete it, and start `mom serve --auth` for a new one';

const KEY = /^mom-[A-Za-z0-9_-]{43}$/;

/** Where the key is kept: `serve-key` in mom's state folder. */
export function serveKeyFile(env: Env, home: string): string {
  return join(stateDir(env, home), 'serve-key');
}

/** The key, null where none has been made yet. @throws MomError `config_invalid` when the file is not what mom has made */
export function readServeKey(env: Env, home: string): KeptServeKey | null {
  const file = serveKeyFile(env, home);
  const fd = openKept(file);
  if (fd === null) return null;
  try {
    const warnings = takeRights(file, fd);
    const key = readFileSync(fd, 'utf8').trim();
    if (!KEY.test(key)) throw unusable(file, 'it holds no key that mom has made', RENEW);
    return { key, file, warnings };
  } finally {
    closeSync(fd);
  }
}

/**
 * The key of `mom serve --auth`: 32 random bytes in a 0600 file, made once. Of several servers that start at once all get
 * the same.
 * @throws MomError `output_failed` when it can't be kept, `config_invalid` when the file is not what mom has made
 */
export function readOrMakeServeKey(env: Env, home: string): KeptServeKey {
  const kept = readServeKey(env, home);
  if (kept) return kept;
  const file = serveKeyFile(env, home);
  try {
    preparePrivateFolder(dirname(file));
    makeKey(file);
  } catch (error) {
    throw new MomError('output_failed', `the key of the gateway can't be kept in ${file}: ${reasonOf(error)}`, {
      hint: 'check the rights of the folder, or set MOM_SERVE_KEY instead',
      cause: error,
    });
  }
  const made = readServeKey(env, home);
  if (made) return made;
  throw new MomError('output_failed', `the key of the gateway in ${file} was deleted as it was made`, { hint: 'start again' });
}

/** Whole or not at all, and never in place of another: a draft gets its name only where that is free. */
function makeKey(file: string): void {
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    writeFileSync(draft, `mom-${randomBytes(KEY_BYTES).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
    linkSync(draft, file);
  } catch (error) {
    // Another server was faster; its key counts.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Null where there is no such file. @throws MomError `config_invalid` for a link, and for a file that can't be read */
function openKept(file: string): number | null {
  try {
    // A pipe in its place would be waited for.
    return openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    if (code === 'ELOOP' || code === 'EMLINK') throw unusable(file, 'it is a link', RENEW);
    throw unusable(file, reasonOf(error), 'check its rights');
  }
}

/** Takes everybody else's rights from the file, and says so. @throws MomError `config_invalid` for what is not the user's own file */
function takeRights(file: string, fd: number): Warning[] {
  const { mode, uid } = fstatSync(fd);
  if ((mode & constants.S_IFMT) !== constants.S_IFREG) throw unusable(file, 'it is no file', RENEW);
  if (process.getuid && uid !== process.getuid()) throw unusable(file, 'it belongs to another user', RENEW);
  if ((mode & 0o077) === 0) return [];
  fchmodSync(fd, 0o600);
  const message = `${file} was open to others and no longer is; whoever has an account on this machine may have read the key`;
  return [{ code: 'serve_key_open', message }];
}

function unusable(path: string, why: string, hint: string): MomError {
  return new MomError('config_invalid', `the key of the gateway in ${path} is not used: ${why}`, { hint });
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

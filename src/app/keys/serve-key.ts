import { randomBytes } from 'node:crypto';
import { linkSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type OwnFileWords, readOwnFile, unusableFile } from '../../config/files/own-file.js';
import { isSendableKey } from '../../config/keys/key-store.js';
import { MomError, reasonOf } from '../../core/error.js';
import type { Warning } from '../../core/run.js';
import { preparePrivateFolder, replacePrivateFile } from '../../core/system/private-file.js';
import { stateDir } from '../../core/system/xdg.js';

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

/** Characters of a key that the user chooses. */
export const SHORTEST_SERVE_KEY = 16;

const WORDS: OwnFileWords = {
  what: 'the key of the gateway in',
  unused: 'is not used',
  renew: 'delete it, and start `mom serve --auth` for a new one',
  secret: 'the key',
  code: 'serve_key_open',
};

/** Where the key is kept: `serve-key` in mom's state folder. */
export function serveKeyFile(env: Env, home: string): string {
  return join(stateDir(env, home), 'serve-key');
}

/** The key, null where none has been made yet. @throws MomError `config_invalid` when the file is not what mom has made */
export function readServeKey(env: Env, home: string): KeptServeKey | null {
  const file = serveKeyFile(env, home);
  const read = readOwnFile(file, WORDS);
  if (read === null) return null;
  const key = read.text.trim();
  if (!isServeKey(key)) throw unusableFile(file, WORDS, 'it holds no key');
  return { key, file, warnings: read.warnings };
}

/** True for what may stand in the place of the made key: long enough that nobody guesses it. */
export function isServeKey(text: string): boolean {
  return text.length >= SHORTEST_SERVE_KEY && isSendableKey(text);
}

/** Keeps a key of the user's own in place of the one that is there, or will be made. @throws MomError `output_failed` */
export function keepServeKey(env: Env, home: string, key: string): string {
  const file = serveKeyFile(env, home);
  try {
    preparePrivateFolder(dirname(file));
    replacePrivateFile(file, `${key}\n`, { sync: true });
  } catch (error) {
    throw notKept(file, error);
  }
  return file;
}

/** False where there was none. @throws MomError `output_failed` */
export function removeServeKey(env: Env, home: string): boolean {
  const file = serveKeyFile(env, home);
  try {
    unlinkSync(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw new MomError('output_failed', `the key of the gateway in ${file} cannot be removed: ${reasonOf(error)}`, {
      hint: 'check the rights of its folder',
      cause: error,
    });
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
    throw notKept(file, error);
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

function notKept(file: string, error: unknown): MomError {
  return new MomError('output_failed', `the key of the gateway can't be kept in ${file}: ${reasonOf(error)}`, {
    hint: 'check the rights of the folder, or set MOM_SERVE_KEY instead',
    cause: error,
  });
}

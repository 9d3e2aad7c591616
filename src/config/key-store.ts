import { randomBytes } from 'node:crypto';
import { chmodSync, closeSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isMomError, MomError } from '../core/error.js';
import { makeFolder } from '../core/make-folder.js';
import { isRecord } from '../core/record.js';
import type { Warning } from '../core/run.js';
import { userConfigDir } from './discover.js';
import { withLock } from './file-lock.js';
import { type OwnFileWords, readOwnFile, unusableFile } from './own-file.js';
import type { Env } from './wishes.js';

/** A key that mom keeps. */
export interface KeptKey {
  key: string;
  /** Scheme, host and port, as `https://openrouter.ai`: it is sent nowhere else. */
  address: string;
}

/** By the provider's name. */
export type KeptKeys = Map<string, KeptKey>;

/** Longest key in characters; headers end at about 16,000. */
const LONGEST_KEY = 8_192;

const WORDS: OwnFileWords = {
  what: 'the file of keys',
  unused: 'is not used',
  renew: 'move it away, and set your keys again with `mom keys set`',
  secret: 'the keys in it',
  code: 'keys_open',
};

/** `keys.json` in the user's config folder. */
export function keysFile(env: Env, home: string): string {
  return join(userConfigDir(env, home), 'keys.json');
}

/** True for what a header can carry: visible ASCII characters without spaces. */
export function isSendableKey(text: string): boolean {
  return text.length <= LONGEST_KEY && /^[\x21-\x7e]+$/.test(text);
}

/** @throws MomError `config_invalid` for a file that is not the user's own, or damaged */
export function readKeys(file: string): { keys: KeptKeys; warnings: Warning[] } {
  const read = readOwnFile(file, WORDS);
  return read ? { keys: parsed(file, read.text), warnings: read.warnings } : { keys: new Map(), warnings: [] };
}

/**
 * Changes the file in one step. Of several processes that do so at once, none loses what another has written.
 * @throws MomError `config_invalid` as {@link readKeys}, `output_failed`
 */
export async function changeKeys(file: string, change: (keys: KeptKeys) => void): Promise<Warning[]> {
  try {
    const folder = preparedFolder(dirname(file));
    return await withLock(`${file}.lock`, () => {
      const { keys, warnings } = readKeys(file);
      change(keys);
      replace(file, `${JSON.stringify({ version: 1, keys: Object.fromEntries(keys) }, null, 2)}\n`);
      return [...folder, ...warnings];
    });
  } catch (error) {
    if (isMomError(error)) throw error;
    throw new MomError('output_failed', `the file of keys ${file} cannot be written: ${error instanceof Error ? error.message : error}`, {
      hint: 'check the rights and the space of its folder',
      cause: error,
    });
  }
}

/** Whoever may write into the folder may put another file in the place of this one. */
function preparedFolder(dir: string): Warning[] {
  makeFolder(dir);
  const { mode } = statSync(dir);
  if ((mode & 0o022) === 0) return [];
  chmodSync(dir, mode & 0o755);
  return [{ code: 'keys_folder_open', message: `others could write into ${dir} and no longer can` }];
}

/** A reader, and a power cut, find the old file or the new one. */
function replace(file: string, text: string): void {
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;
  const fd = openSync(draft, 'wx', 0o600);
  try {
    writeFileSync(fd, text);
    fsyncSync(fd);
    renameSync(draft, file);
  } finally {
    closeSync(fd);
    rmSync(draft, { force: true });
  }
}

function parsed(file: string, text: string): KeptKeys {
  const damaged = unusableFile(file, WORDS, 'it is damaged');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw damaged;
  }
  if (!isRecord(value) || !isRecord(value.keys)) throw damaged;
  if (value.version !== 1) throw unusableFile(file, WORDS, 'another version of mom has written it', 'update mom');
  const entries = Object.entries(value.keys).map(([name, entry]): [string, KeptKey] => {
    const { key, address } = isRecord(entry) ? entry : {};
    if (typeof key !== 'string' || typeof address !== 'string' || !isSendableKey(key)) throw damaged;
    return [name, { key, address }];
  });
  return new Map(entries);
}

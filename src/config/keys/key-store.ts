import { chmodSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isMomError, MomError, reasonOf } from '../../core/error.js';
import { isRecord } from '../../core/record.js';
import type { Warning } from '../../core/run.js';
import { makeFolder } from '../../core/system/make-folder.js';
import { replacePrivateFile } from '../../core/system/private-file.js';
import { userConfigDir } from '../files/discover.js';
import { withLock } from '../files/file-lock.js';
import { type OwnFileWords, readOwnFile, unusableFile } from '../files/own-file.js';
import type { Env } from '../wishes.js';

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
      replacePrivateFile(file, `${JSON.stringify({ version: 1, keys: Object.fromEntries(keys) }, null, 2)}\n`, { sync: true });
      return [...folder, ...warnings];
    });
  } catch (error) {
    if (isMomError(error)) throw error;
    throw new MomError('output_failed', `the file of keys ${file} cannot be written: ${reasonOf(error)}`, {
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

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { MomError } from '../../core/error.js';
import { makeFolder } from '../../core/system/make-folder.js';
import { replacePrivateFile } from '../../core/system/private-file.js';
import { realPath } from './discover.js';

/** The files whose text, byte for byte, the user has trusted: real path -> SHA-256. */
interface TrustList {
  version: 1;
  files: Record<string, string>;
}

/** `$XDG_STATE_HOME/mom/trust.json`, by default below `~/.local/state`. */
export function trustFile(env: Readonly<Record<string, string | undefined>>, home: string): string {
  const base = env.XDG_STATE_HOME;
  return join(base?.startsWith('/') ? base : join(home, '.local', 'state'), 'mom', 'trust.json');
}

export function isTrusted(list: string, file: string, text: string): boolean {
  return readList(list).files[realPath(file)] === hash(text);
}

/** @throws MomError `output_failed` when the list can't be written */
export function trust(list: string, file: string, text: string): void {
  const known = readList(list);
  writeList(list, { ...known, files: { ...known.files, [realPath(file)]: hash(text) } });
}

/** Takes trust back; false when the file was not trusted. */
export function revokeTrust(list: string, file: string): boolean {
  const { files } = readList(list);
  const path = realPath(file);
  if (!Object.hasOwn(files, path)) return false;
  writeList(list, { version: 1, files: Object.fromEntries(Object.entries(files).filter(([name]) => name !== path)) });
  return true;
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function readList(path: string): TrustList {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { version: 1, files: {} };
    throw new MomError('config_invalid', `the list of trusted files ${path} cannot be read`, { hint: 'check its rights', cause: error });
  }
  try {
    const { files } = JSON.parse(text) as Partial<TrustList>;
    if (typeof files === 'object' && files !== null) return { version: 1, files };
  } catch (error) {
    throw new MomError('config_invalid', `the list of trusted files ${path} is damaged`, {
      hint: 'delete it and trust your files again',
      cause: error,
    });
  }
  throw new MomError('config_invalid', `the list of trusted files ${path} is damaged`, { hint: 'delete it and trust your files again' });
}

function writeList(path: string, list: TrustList): void {
  try {
    makeFolder(dirname(path));
    replacePrivateFile(path, `${JSON.stringify(list, null, 2)}\n`, { sync: true });
  } catch (error) {
    throw new MomError('output_failed', `the list of trusted files ${path} cannot be written`, {
      hint: 'check the rights of its folder',
      cause: error,
    });
  }
}

import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { userConfigDir } from '../../config/files/discover.js';
import type { Env } from '../../config/wishes.js';
import type { Warning } from '../../core/run.js';
import { cacheDir, stateDir } from '../../core/system/xdg.js';
import { evalStoreSize } from '../eval/open-store.js';
import { storeHealth } from '../history.js';
import { type Check, fail, ok, warn } from './check.js';

/** Less free space than this (bytes) is worth a word. */
const LITTLE_SPACE = 100 * 1024 * 1024;

/** The store of runs, and the folders in which mom keeps things. */
export async function examinePlaces(env: Env, home: string): Promise<Check[]> {
  return [
    ...(await storeChecks(env, home)),
    ...evaluationChecks(env, home),
    folderCheck('state', stateDir(env, home), { isPrivate: true, lost: fail }),
    folderCheck('cache', cacheDir(env, home), { isPrivate: false, lost: warn }),
    folderCheck('config', userConfigDir(env, home), { isPrivate: false, lost: warn }),
  ];
}

async function storeChecks(env: Env, home: string): Promise<Check[]> {
  const notes: Warning[] = [];
  const { path, size, runs, journals, trouble } = await storeHealth({ env, home, onNote: (note) => notes.push(note) });
  const waiting = journals === 0 ? '' : `; ${journals} ${journals === 1 ? 'journal waits or is' : 'journals wait or are'} being written`;
  const state =
    size === null ? ok('store', `no run is kept yet${waiting}`) : ok('store', `${runs} runs in ${path}, ${megabytes(size)}${waiting}`);
  return [
    trouble === null ? state : fail('store', trouble.message, trouble.hint),
    ...notes.map(({ message }) => warn('store', message, null)),
  ];
}

function evaluationChecks(env: Env, home: string): Check[] {
  const { path, size } = evalStoreSize(env, home);
  return size === null ? [] : [ok('store', `evaluations in ${path}, ${megabytes(size)}`)];
}

interface FolderKind {
  /** Nobody else has anything to look for in it. */
  isPrivate: boolean;
  /** How bad it is when nothing can be written there. */
  lost: typeof fail;
}

function folderCheck(name: string, path: string, { isPrivate, lost }: FolderKind): Check {
  const there = nearestThere(path);
  const fix = `make ${there} a folder that you can write to`;
  try {
    if (!statSync(there).isDirectory()) return lost('folder', `the ${name} folder ${path} can't be made: ${there} is no folder`, fix);
    accessSync(there, constants.W_OK | constants.X_OK);
    const free = freeSpace(there);
    if (free !== null && free < LITTLE_SPACE)
      return warn('folder', `the ${name} folder ${path} has ${megabytes(free)} left`, 'make room on this disk');
    if (isPrivate && there === path && (statSync(path).mode & 0o077) !== 0) {
      return warn('folder', `the ${name} folder ${path} is open to other users`, `chmod 700 ${path}`);
    }
    const made = there === path ? '' : ' (made when needed)';
    return ok('folder', `${name}: ${path}${made}${free === null ? '' : `, ${megabytes(free)} free`}`);
  } catch (error) {
    return lost('folder', `the ${name} folder ${path} can't be written: ${reasonOf(error)}`, fix);
  }
}

/** The folder, or the nearest one above it that is there. */
function nearestThere(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestThere(dirname(path));
}

/** Bytes that are left to this user; null where the system does not say. */
function freeSpace(path: string): number | null {
  const { bavail, bsize, blocks } = statfsSync(path);
  return blocks === 0 ? null : bavail * bsize;
}

function megabytes(bytes: number): string {
  const mb = bytes / 2 ** 20;
  if (mb >= 1024) return `${(mb / 1024).toFixed(1)} GB`;
  return mb >= 10 ? `${Math.round(mb)} MB` : `${mb.toFixed(1)} MB`;
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return ({ EACCES: 'you have no right to', EROFS: 'the disk is read-only' } as Record<string, string>)[code ?? ''] ?? message;
}

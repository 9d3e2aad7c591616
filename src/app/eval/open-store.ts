import { existsSync, statSync } from 'node:fs';
import type { Env } from '../../config/wishes.js';
import { isMomError } from '../../core/error.js';
import type { EvalStore } from '../../core/eval/store.js';
import type { Warning } from '../../core/run.js';
import { stateDir } from '../../core/system/xdg.js';
import { evalsDbPath } from '../../store/evals/evals-db.js';
import { countOldEvals, openEvals, openPassingEvals } from '../../store/evals/open.js';
import { type StoreWords, storeTrouble } from '../../store/store-trouble.js';

export interface EvalStorePlace {
  env: Env;
  home: string;
  /** Told what stops nothing. */
  onNote: (note: Warning) => void;
}

/**
 * Where evaluations are kept.
 * @param place `forget`: nothing is kept beyond the process, and nothing is found that was kept before
 * @throws MomError `store_failed`
 */
export function openEvalStore({ env, home, forget, onNote }: EvalStorePlace & { forget: boolean }): Promise<EvalStore> {
  return forget ? openPassingEvals() : openEvals(stateDir(env, home), onNote);
}

/** What fails where nobody wants to keep anything. */
const READ: StoreWords = {
  failed: "evaluations can't be read",
  meanwhile: 'a report that was written with -o is still in its folder',
  anew: 'the next mom eval begins a new one, and asks everything again',
};

/**
 * What `read` finds in the evaluations that are kept; null where there are none, and then none are made.
 * @throws MomError `store_failed`, and what `read` throws
 */
export async function readEvalStore<T>({ env, home, onNote }: EvalStorePlace, read: (store: EvalStore) => T): Promise<T | null> {
  const dir = stateDir(env, home);
  const path = evalsDbPath(dir);
  if (isMissing(path)) return null;
  try {
    const store = await openEvals(dir, onNote);
    try {
      return read(store);
    } finally {
      store.close();
    }
  } catch (error) {
    throw isMomError(error) && error.code === 'store_failed' ? storeTrouble(path, error.cause, READ) : error;
  }
}

/** A folder that may not be looked into is not an empty one: opening it says why. */
function isMissing(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) === undefined;
  } catch {
    return false;
  }
}

/** Where evaluations are kept, and bytes that they take; null where there are none. */
export function evalStoreSize(env: Env, home: string): { path: string; size: number | null } {
  const path = evalsDbPath(stateDir(env, home));
  const [file, log] = [sizeOf(path), sizeOf(`${path}-wal`)];
  return { path, size: file === null ? null : file + (log ?? 0) };
}

/** Null where there is none, or its folder is no folder. */
function sizeOf(path: string): number | null {
  return existsSync(path) ? (statSync(path, { throwIfNoEntry: false })?.size ?? null) : null;
}

/** Forgets evaluations that started before; `dryRun` only counts them. @throws MomError `store_failed` */
export async function forgetEvaluations({ env, home, onNote }: EvalStorePlace, before: Date, dryRun: boolean): Promise<number> {
  const dir = stateDir(env, home);
  if (!existsSync(evalsDbPath(dir))) return 0;
  if (dryRun) return countOldEvals(dir, before);
  const store = await openEvals(dir, onNote);
  try {
    return store.prune(before);
  } finally {
    store.close();
  }
}

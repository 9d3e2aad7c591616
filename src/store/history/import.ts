import { join } from 'node:path';
import type { Imported } from '../../core/history.js';
import type { Database } from '../database.js';
import { Intake } from './intake.js';
import { type Journal, journalNames, lookAt } from './journals.js';

export interface ImportOptions {
  /** Folder of the journals. */
  dir: string;
  /** The open store; called when there is something to read. */
  open: () => Database;
  clock: () => Date;
  /** Of this journal the writer says that all runs in it are over: it comes first, whatever its size. */
  mine?: string;
  /** What is read of other journals; the rest waits. */
  limit: { files: number; bytes: number };
}

export const NO_LIMIT: ImportOptions['limit'] = { files: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY };

/**
 * Takes in the runs of all journals. A journal goes when everything in it stands in the store for sure; several
 * processes may do this at once, since a run is kept once.
 * @throws Error of the database or of node:fs: journals not yet taken in are left as they are
 */
export function importFolder({ dir, open, clock, mine, limit }: ImportOptions): Imported {
  const names = journalNames(dir);
  const denied: string[] = [];
  let intake: Intake | null = null;
  let { files, bytes } = limit;
  const take = (journal: Journal, isMine: boolean) => {
    intake ??= new Intake(open());
    if (!isMine) {
      files -= 1;
      bytes -= intake.toRead(journal);
    }
    if (files >= 0 && bytes >= 0) intake.take(journal, isMine);
  };
  for (const name of mine === undefined ? names : [mine, ...names.filter((other) => other !== mine)]) {
    if (files < 0 || bytes < 0) break;
    const path = join(dir, name);
    const isDenied = whereAllowed(path, () => {
      const journal = lookAt(dir, name, clock().getTime(), name === mine);
      if (journal !== null) take(journal, name === mine);
    });
    if (isDenied) denied.push(path);
  }
  const imported = (intake as Intake | null)?.end() ?? { runs: 0, died: 0, unreadable: [] };
  return { ...imported, denied };
}

/** @returns true for a journal that may not be read; one that another process has taken in meanwhile is no matter */
function whereAllowed(path: string, work: () => void): boolean {
  try {
    work();
    return false;
  } catch (error) {
    const { code, path: which } = error as NodeJS.ErrnoException;
    if (which !== path || (code !== 'ENOENT' && code !== 'EACCES')) throw error;
    return code === 'EACCES';
  }
}

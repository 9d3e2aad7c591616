import { existsSync, statSync } from 'node:fs';
import type { StoreHealth } from '../../core/history.js';
import type { Database } from '../database.js';
import { HistoryFile } from './history-file.js';
import { journalNames } from './journals.js';
import { storeFailed } from './trouble.js';

/** A file up to this size (bytes) is read whole to see that it is sound. */
const CHECKED = 256 * 1024 * 1024;

/** Looks at the store without making one. */
export async function inspect(path: string, runsFolder: string, patience: number): Promise<StoreHealth> {
  const health: StoreHealth = { path, size: null, runs: 0, journals: 0, trouble: null };
  const file = new HistoryFile(path, patience);
  try {
    health.journals = journalNames(runsFolder).length;
    if (!existsSync(path)) return health;
    const size = sizeOf(path) + sizeOf(`${path}-wal`);
    health.size = size;
    await file.load();
    const database = file.open();
    health.runs = (database.prepare('SELECT count(*) AS runs FROM runs').get() as { runs: number }).runs;
    if (size <= CHECKED) check(database);
  } catch (error) {
    const { message, hint } = storeFailed(path, error);
    health.trouble = { message, hint: hint ?? '' };
  } finally {
    file.close();
  }
  return health;
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function check(database: Database): void {
  const [first] = database.pragma('quick_check(1)') as { quick_check: string }[];
  if (first?.quick_check !== 'ok') throw Object.assign(new Error(first?.quick_check), { code: 'SQLITE_CORRUPT' });
}

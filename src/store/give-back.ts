import type { Database } from './database.js';

/** Pages that are given back before another process may write. */
const PAGES_AT_ONCE = 2_000;

/**
 * Makes the file smaller by what was deleted, in small steps. A file that was not laid out for this is written anew once, which
 * lets it shrink from then on.
 */
export function giveBack(database: Database): void {
  const [{ auto_vacuum: mode } = { auto_vacuum: 0 }] = database.pragma('auto_vacuum') as { auto_vacuum: number }[];
  if (mode === 0) database.exec('PRAGMA auto_vacuum = INCREMENTAL; VACUUM');
  for (let free = freePages(database), before = free + 1; free > 0 && free < before; ) {
    database.exec(`PRAGMA incremental_vacuum(${PAGES_AT_ONCE})`);
    before = free;
    free = freePages(database);
  }
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
}

function freePages(database: Database): number {
  const [{ freelist_count: count } = { freelist_count: 0 }] = database.pragma('freelist_count') as { freelist_count: number }[];
  return count;
}

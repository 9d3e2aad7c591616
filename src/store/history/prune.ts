import { type Database, transaction } from '../database.js';
import { firstSeq } from './seq.js';

/** Runs that are forgotten, and pages that are given back, before another process may write. */
const RUNS_AT_ONCE = 500;
const PAGES_AT_ONCE = 2_000;

/** Forgets the runs that started before, and makes the file smaller. @returns how many */
export function prune(database: Database, before: Date): number {
  let pruned = 0;
  for (;;) {
    const some = transaction(database, () => pruneSome(database, firstSeq(before)));
    if (some === 0) break;
    pruned += some;
  }
  if (pruned > 0) giveBack(database);
  return pruned;
}

function pruneSome(database: Database, end: number): number {
  const oldest = database.prepare('SELECT seq FROM runs WHERE seq < ? ORDER BY seq LIMIT ?').all(end, RUNS_AT_ONCE) as { seq: number }[];
  const last = oldest.at(-1)?.seq;
  if (last === undefined) return 0;
  const forget = database.prepare('DELETE FROM runs_fts WHERE rowid = ?');
  for (const { seq } of oldest) forget.run(seq);
  for (const table of ['run_models', 'calls', 'records', 'summaries', 'runs'])
    database.prepare(`DELETE FROM ${table} WHERE seq <= ?`).run(last);
  return oldest.length;
}

/** In small steps; a file from the days of budgets alone is written anew once, which lets it shrink from then on. */
function giveBack(database: Database): void {
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

import { type Database, transaction } from '../database.js';
import { giveBack } from '../give-back.js';
import { firstSeq } from './seq.js';

/** Runs that are forgotten before another process may write. */
const RUNS_AT_ONCE = 500;

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

import { type Database, transaction } from '../database.js';
import { giveBack } from '../give-back.js';
import { Statements } from '../statements.js';

/** Rows that are forgotten before another process may write. */
const ROWS_AT_ONCE = 500;

/** An evaluation whose prompts have not all come after so long (milliseconds) never gets them: its process has died. */
const STILL_COMING = 24 * 3_600_000;

/** Forgets the evaluations that started before, and what no other one uses; makes the file smaller. @returns how many */
export function pruneEvaluations(database: Database, before: Date): number {
  const end = before.getTime();
  const rows = database.prepare('SELECT seq, whole FROM evaluations WHERE started_ms < ?').all(end) as { seq: number; whole: number }[];
  for (const { seq } of rows) forget(database, seq);
  const orphans = forgetOrphans(database, end);
  if (rows.length + orphans > 0) giveBack(database);
  return rows.filter(({ whole }) => whole === 1).length;
}

/** Removes what a process has left that died while it wrote the prompts. */
export function clearLeftovers(database: Database, now: number): void {
  const rows = database.prepare('SELECT seq FROM evaluations WHERE whole = 0 AND begun_ms < ?').all(now - STILL_COMING);
  for (const { seq } of rows as { seq: number }[]) forget(database, seq);
}

/** Step by step, and in this order: whoever goes on with it finds what is left. */
export function forget(database: Database, evaluation: number): void {
  const statements = new Statements(database);
  const run = (sql: string, ...values: number[]) => statements.of(sql).run(...values);
  transaction(database, () => run('UPDATE evaluations SET whole = 0 WHERE seq = ?', evaluation));
  for (let left = true; left; ) {
    left = transaction(database, () => {
      const used = statements.of('SELECT record FROM uses WHERE evaluation = ? LIMIT ?').all(evaluation, ROWS_AT_ONCE);
      for (const { record } of used as { record: number }[]) {
        run('DELETE FROM uses WHERE evaluation = ? AND record = ?', evaluation, record);
        run('DELETE FROM records WHERE seq = ? AND NOT EXISTS (SELECT 1 FROM uses WHERE record = records.seq)', record);
      }
      return used.length > 0;
    });
  }
  for (let left = true; left; ) {
    left = transaction(database, () => {
      const { changes } = run(
        'DELETE FROM prompts WHERE rowid IN (SELECT rowid FROM prompts WHERE evaluation = ? LIMIT ?)',
        evaluation,
        ROWS_AT_ONCE,
      );
      return changes > 0;
    });
  }
  transaction(database, () => run('DELETE FROM evaluations WHERE seq = ?', evaluation));
}

/** Records that no evaluation uses, such as those of judgements about given answers. @returns how many */
function forgetOrphans(database: Database, end: number): number {
  const statements = new Statements(database);
  const select =
    'SELECT seq FROM records WHERE seq > ? AND kept_ms < ? AND NOT EXISTS (SELECT 1 FROM uses WHERE record = records.seq) LIMIT ?';
  let forgotten = 0;
  for (let last: number | undefined = 0; last !== undefined; ) {
    const after = last;
    last = transaction(database, () => {
      const rows = statements.of(select).all(after, end, ROWS_AT_ONCE) as { seq: number }[];
      for (const { seq } of rows) statements.of('DELETE FROM records WHERE seq = ?').run(seq);
      forgotten += rows.length;
      return rows.at(-1)?.seq;
    });
  }
  return forgotten;
}

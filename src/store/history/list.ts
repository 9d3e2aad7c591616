import type { RunQuery } from '../../core/history.js';
import { searchQuery } from './search-text.js';
import { firstSeq } from './seq.js';

/** A part of SQL with its parameters. */
interface Condition {
  sql: string;
  values: (string | number)[];
}

/**
 * The query for runs that fit, newest first, with the columns of {@link LINE}. What narrows most leads: words, then the model; both
 * come in the order of `seq`, so that only as many rows are read as are wanted. Null where nothing can fit.
 */
export function listSql(query: RunQuery, limit: number): Condition | null {
  const words = query.words === undefined ? undefined : searchQuery(query.words);
  if (words === null) return null;
  const byWords = words !== undefined;
  const byModel = query.model !== undefined && !byWords;
  const from = byWords ? 'runs_fts CROSS JOIN runs ON runs.seq = runs_fts.rowid' : byModel ? BY_MODEL : 'runs';
  const seq = byWords ? 'runs_fts.rowid' : byModel ? 'run_models.seq' : 'runs.seq';
  const conditions: Condition[] = [
    ...(byWords ? [{ sql: 'runs_fts MATCH ?', values: [words] }] : []),
    ...(query.model === undefined ? [] : [{ sql: byModel ? 'run_models.model = ?' : HAS_MODEL, values: [query.model] }]),
    ...(query.since === undefined ? [] : [{ sql: `${seq} >= ?`, values: [firstSeq(query.since)] }]),
    ...(query.mixture === undefined ? [] : [{ sql: 'runs.mixture = ?', values: [query.mixture] }]),
    ...(query.status === undefined ? [] : [{ sql: 'runs.status = ?', values: [query.status] }]),
    ...(query.door === undefined ? [] : [{ sql: 'runs.door = ?', values: [query.door] }]),
    ...(query.without === undefined ? [] : [{ sql: 'runs.door <> ?', values: [query.without] }]),
    ...(query.sandbox === undefined ? [] : [{ sql: 'runs.sandbox = ?', values: [Number(query.sandbox)] }]),
  ];
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.map(({ sql }) => sql).join(' AND ')}`;
  return {
    sql: `SELECT ${LINE} FROM ${from} ${where} ORDER BY ${seq} DESC LIMIT ?`,
    values: [...conditions.flatMap(({ values }) => values), limit],
  };
}

/** What is read of `runs` for a line of the list; the summary only of those that are wanted. */
export const LINE = 'runs.seq, (SELECT summary FROM summaries WHERE summaries.seq = runs.seq) AS summary';

const BY_MODEL = 'run_models CROSS JOIN runs ON runs.seq = run_models.seq';
const HAS_MODEL = 'EXISTS (SELECT 1 FROM run_models WHERE run_models.model = ? AND run_models.seq = runs.seq)';

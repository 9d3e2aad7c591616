import { MomError } from '../../core/error.js';
import type { CostGroup, CostRow, History, RunQuery, RunSummary, StoredRun } from '../../core/history.js';
import type { Database } from '../database.js';
import { costs } from './costs.js';
import { LINE, listSql } from './list.js';
import { unpack } from './pack.js';
import { prune } from './prune.js';
import { firstSeq } from './seq.js';
import { storeFailed } from './trouble.js';

/** Ids that are named where several begin alike. */
const NAMED = 5;

/** Runs that are read together on the way through all of them. */
const PAGE = 20;

interface Row {
  seq: number;
  summary: string;
}

/** The history in an open file; `null`: nothing has been kept yet. */
export function createHistory(path: string, database: Database | null): History {
  return new StoredHistory(path, database);
}

class StoredHistory implements History {
  readonly #path: string;
  #database: Database | null;

  constructor(path: string, database: Database | null) {
    this.#path = path;
    this.#database = database;
  }

  list(query: RunQuery, limit: number): RunSummary[] {
    return this.#use([], (database) => {
      const select = listSql(query, limit);
      return select === null ? [] : (database.prepare(select.sql).all(...select.values) as Row[]).map(toSummary);
    });
  }

  find(id: string): StoredRun {
    const found = this.#startingWith(id, NAMED + 1);
    const [exact] = found;
    if (exact === undefined) {
      throw new MomError('no_input', `there is no run ${id}`, { hint: 'mom logs lists the runs that are kept' });
    }
    // An id comes before all that only begin with it.
    const isWhole = toSummary(exact).id === id;
    if (found.length > 1 && !isWhole)
      throw ambiguous(
        id,
        found.map((row) => toSummary(row).id),
      );
    return this.#use(null, (database) => wholeRun(database.prepare(RECORD), exact)) as StoredRun;
  }

  latestAnswered(sandbox: boolean): StoredRun | null {
    return this.#use(null, (database) => {
      const row = database
        .prepare(
          `SELECT ${LINE} FROM runs WHERE door = 'ask' AND status IN ('complete', 'degraded') AND sandbox = ?
           ORDER BY seq DESC LIMIT 1`,
        )
        .get(Number(sandbox)) as Row | undefined;
      return row === undefined ? null : wholeRun(database.prepare(RECORD), row);
    });
  }

  ids(prefix: string, limit: number): Pick<RunSummary, 'id' | 'question'>[] {
    return this.#startingWith(prefix, limit, { order: 'DESC', without: 'eval' }).map((row) => {
      const { id, question } = toSummary(row);
      return { id, question };
    });
  }

  costs(by: CostGroup, since: Date | null): CostRow[] {
    return this.#use([], (database) => costs(database, by, since));
  }

  prune(before: Date): number {
    return this.#use(0, (database) => prune(database, before));
  }

  *all(since: Date | null): IterableIterator<StoredRun> {
    const next = (after: number) =>
      this.#use([], (database) => {
        const rows = database.prepare(`SELECT ${LINE} FROM runs WHERE seq >= ? ORDER BY seq LIMIT ?`).all(after, PAGE) as Row[];
        // A statement is freed late: one for each run would fill the memory.
        const records = database.prepare(RECORD);
        return rows.map((row) => ({ seq: row.seq, run: wholeRun(records, row) }));
      });
    for (let page = next(since === null ? 0 : firstSeq(since)); page.length > 0; page = next((page.at(-1)?.seq ?? 0) + 1)) {
      for (const { run } of page) yield run;
    }
  }

  close(): void {
    this.#database?.close();
    this.#database = null;
  }

  /** Ids begin with their time, so their order is that of time. */
  #startingWith(prefix: string, limit: number, { order = 'ASC', without = '' }: { order?: 'ASC' | 'DESC'; without?: string } = {}): Row[] {
    return this.#use([], (database) => {
      const select = `SELECT ${LINE} FROM runs WHERE id >= ? AND id < ? AND door <> ? ORDER BY id ${order} LIMIT ?`;
      return database.prepare(select).all(prefix, `${prefix}\u{10ffff}`, without, limit) as Row[];
    });
  }

  #use<T>(nothing: T, work: (database: Database) => T): T {
    if (this.#database === null) return nothing;
    try {
      return work(this.#database);
    } catch (error) {
      throw storeFailed(this.#path, error);
    }
  }
}

function toSummary({ summary }: Row): RunSummary {
  return JSON.parse(summary) as RunSummary;
}

const RECORD = 'SELECT record FROM records WHERE seq = ?';

function wholeRun(records: ReturnType<Database['prepare']>, { seq, summary }: Row): StoredRun {
  const { record } = records.get(seq) as { record: string };
  return unpack(summary, record);
}

function ambiguous(prefix: string, ids: readonly string[]): MomError {
  const named = `${ids.slice(0, NAMED).join(', ')}${ids.length > NAMED ? ', ...' : ''}`;
  return new MomError('usage', `several runs begin with ${prefix === '' ? 'nothing' : prefix}: ${named}`, { hint: 'give more of the id' });
}

import { join } from 'node:path';
import { type Database, type DatabaseConstructor, openDatabase } from './database.js';

/** What budgets have reserved or spent, in billionths of a dollar. */
const SPENT = 'CREATE TABLE spent (period TEXT PRIMARY KEY, nano INTEGER NOT NULL) WITHOUT ROWID';

/**
 * Runs. `seq` sorts them by their start, so neither the list nor a search has to sort. What runs are filtered by stands
 * apart from the line that is shown, and this from the big texts, so that a search through all runs reads few pages.
 * What may hold a NUL stands in JSON, since a text would end there.
 */
const HISTORY = `
  CREATE TABLE runs (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    door TEXT NOT NULL,
    client TEXT,
    sandbox INTEGER NOT NULL,
    mixture TEXT NOT NULL,
    status TEXT NOT NULL
  );
  CREATE TABLE summaries (seq INTEGER PRIMARY KEY, summary TEXT NOT NULL);
  CREATE INDEX runs_by_mixture ON runs (mixture);
  CREATE INDEX runs_by_status ON runs (status);
  CREATE INDEX runs_by_sandbox ON runs (sandbox);
  CREATE INDEX runs_by_door ON runs (door);
  CREATE INDEX runs_answered ON runs (sandbox) WHERE door = 'ask' AND status IN ('complete', 'degraded');
  CREATE TABLE run_models (model TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (model, seq)) WITHOUT ROWID;
  CREATE INDEX run_models_by_run ON run_models (seq);
  CREATE TABLE calls (
    seq INTEGER NOT NULL,
    n INTEGER NOT NULL,
    kind TEXT NOT NULL,
    model TEXT NOT NULL,
    resolved_model TEXT,
    provider TEXT NOT NULL,
    family TEXT NOT NULL,
    status TEXT NOT NULL,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    cost INTEGER,
    cost_source TEXT NOT NULL,
    started_ms REAL,
    first_token_ms REAL,
    duration_ms REAL,
    PRIMARY KEY (seq, n)
  ) WITHOUT ROWID;
  CREATE TABLE records (seq INTEGER PRIMARY KEY, record TEXT NOT NULL);
  CREATE VIRTUAL TABLE runs_fts USING fts5(
    text, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2'
  );
  CREATE TABLE journals (name TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID;`;

/** Where the runs and the budgets of a user stand together. */
export function momDbPath(dir: string): string {
  return join(dir, 'mom.db');
}

/**
 * Opens the file, for whichever purpose it is opened first.
 * @param busyTimeout milliseconds to wait for another process
 * @throws DatabaseTrouble
 */
export function openMomDb(Constructor: DatabaseConstructor, path: string, busyTimeout: number): Database {
  return openDatabase(Constructor, { path, migrations: [SPENT, HISTORY], busyTimeout, shrinks: true });
}

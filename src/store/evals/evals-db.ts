import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Database, type DatabaseConstructor, openDatabase } from '../database.js';

/**
 * Evaluations, their prompts, and what was asked. A record belongs to no evaluation, but to all that have used it: when the last
 * of them is forgotten, so is the record. An evaluation is `whole` when all of its prompts are there; until then nobody sees
 * it; `begun_ms` says since when they come. No number is used twice, so that nothing of a forgotten one comes to a later one.
 * What may hold a NUL stands in JSON, since a text would end there.
 */
const EVALS = `
  CREATE TABLE evaluations (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    started_ms INTEGER NOT NULL,
    begun_ms INTEGER NOT NULL,
    sandbox INTEGER NOT NULL,
    whole INTEGER NOT NULL,
    head TEXT NOT NULL,
    report TEXT
  );
  CREATE TABLE prompts (evaluation INTEGER NOT NULL, n INTEGER NOT NULL, prompt TEXT NOT NULL, PRIMARY KEY (evaluation, n));
  CREATE TABLE records (
    seq INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    kept_ms INTEGER NOT NULL,
    record TEXT NOT NULL,
    UNIQUE (key, kind)
  );
  CREATE TABLE uses (evaluation INTEGER NOT NULL, record INTEGER NOT NULL, PRIMARY KEY (evaluation, record)) WITHOUT ROWID;
  CREATE INDEX uses_by_record ON uses (record);`;

/** Milliseconds to wait for another process: what was paid is worth it. */
const PATIENCE = 5_000;

/**
 * Pages of the write-ahead log before it goes into the file, for which the disk is waited for: an answer takes some six pages,
 * and every fifteenth would wait with the usual number.
 */
const WAL_PAGES = 2_000;

/** Where the evaluations of a user stand. */
export function evalsDbPath(dir: string): string {
  return join(dir, 'evals.db');
}

/** Opens the file, and makes it where it is missing. @throws DatabaseTrouble */
export function openEvalsDb(Constructor: DatabaseConstructor, path: string): Database {
  const database = openDatabase(Constructor, { path, migrations: [EVALS], busyTimeout: PATIENCE, shrinks: true });
  database.exec(`PRAGMA wal_autocheckpoint = ${WAL_PAGES}`);
  return database;
}

/**
 * A database that only this process has, in a folder of the system's. Its files lose their names as soon as they are open, so that
 * the system removes them with the process, however it ends. @throws Error
 */
export function openPassingDb(Constructor: DatabaseConstructor, folder: string): Database {
  const dir = mkdtempSync(join(folder, 'mom-eval-'));
  try {
    return openEvalsDb(Constructor, evalsDbPath(dir));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

import { chmodSync, closeSync, constants, openSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type Libsql from 'libsql';
import { reasonOf } from '../core/error.js';
import { makeFolder } from '../core/system/make-folder.js';

export type DatabaseConstructor = typeof Libsql;
export type Database = InstanceType<DatabaseConstructor>;

/** A database file and the way its tables came about. */
export interface DatabaseFile {
  path: string;
  /** SQL that makes version 1 of an empty file, version 2 of version 1, and so on. */
  migrations: readonly string[];
  /** Milliseconds to wait for another process; nothing else of this process goes on meanwhile. */
  busyTimeout: number;
  /** A new file is laid out so that what is deleted can be given back to the disk. @default false */
  shrinks?: boolean;
}

/** Why a database can't be used. */
export class DatabaseTrouble extends Error {
  override readonly name = 'DatabaseTrouble';
  /** `damaged` and `newer`: the file itself is of no use to this mom; `missing`: there is no database module. */
  readonly kind: 'damaged' | 'newer' | 'unusable' | 'missing';

  constructor(kind: DatabaseTrouble['kind'], message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}

const DAMAGED = ['SQLITE_CORRUPT', 'SQLITE_NOTADB'];
const SAYING: readonly [RegExp, string][] = [
  [/^SQLITE_(BUSY|LOCKED)/, 'another process keeps it locked'],
  [/^(SQLITE_READONLY|SQLITE_PERM|EACCES|EPERM|EROFS)/, 'it may not be written'],
  [/^(SQLITE_FULL|ENOSPC|EDQUOT)/, 'the disk is full'],
];

/** Any failure of the database at `path` in words that users understand. */
export function troubleWith(path: string, error: unknown): DatabaseTrouble {
  if (error instanceof DatabaseTrouble) return error;
  const code = String((error as { code?: unknown }).code ?? '');
  if (DAMAGED.some((damaged) => code.startsWith(damaged))) return new DatabaseTrouble('damaged', `${path} is damaged`, error);
  const said = SAYING.find(([pattern]) => pattern.test(code))?.[1] ?? reasonOf(error);
  return new DatabaseTrouble('unusable', `${path}: ${said}`, error);
}

let module: Promise<DatabaseConstructor> | undefined;

/**
 * The database module, loaded when first needed: most runs need none.
 * @throws DatabaseTrouble where there is no build of it for this machine
 */
export function loadDatabaseModule(): Promise<DatabaseConstructor> {
  module ??= import('libsql').then(
    ({ default: Database }) => Database,
    (error: unknown) => {
      throw missingModule(error);
    },
  );
  return module;
}

function missingModule(cause: unknown): DatabaseTrouble {
  const [reason] = String((cause as { message?: unknown }).message ?? cause).split('\n');
  return new DatabaseTrouble(
    'missing',
    `the database module libsql can't be loaded on ${process.platform}-${process.arch}: ${reason}`,
    cause,
  );
}

/**
 * Opens a database, and makes or upgrades its tables. The file is its owner's only (0600), in a folder of the same kind.
 * @throws DatabaseTrouble
 */
export function openDatabase(Constructor: DatabaseConstructor, file: DatabaseFile): Database {
  try {
    const isNew = makePrivate(file.path);
    const database = new Constructor(file.path, { timeout: file.busyTimeout });
    try {
      if (file.shrinks && isNew) database.exec('PRAGMA auto_vacuum = INCREMENTAL');
      enterWal(database, file.busyTimeout);
      database.exec(`PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = ${WAL_PAGES}`);
      migrate(database, file);
    } catch (error) {
      database.close();
      throw error;
    }
    return database;
  } catch (error) {
    throw troubleWith(file.path, error);
  }
}

/**
 * What runs in `work` is done as a whole or not at all, and alone: other processes wait. Every write goes through here: a
 * failed one outside of a transaction would, with this database module, keep the next ones from reaching the file.
 */
export function transaction<T>(database: Database, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    // A full disk has rolled back by itself.
    if (database.inTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/** Pages of the write-ahead log before it goes into the file; a process reads all of it when it opens the file. */
const WAL_PAGES = 100;

/** Renames the file, with its companions, to `<path>.<mark>`; the new path. Another process may have done it already. */
export function setAside(path: string, mark: string): string {
  const aside = `${path}.${mark}`;
  for (const suffix of ['', '-wal', '-shm']) {
    try {
      renameSync(path + suffix, aside + suffix);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return aside;
}

/** SQLite gives its companion files the mode of the file itself, so it has to be right before they are made. @returns true for a file of nothing yet */
function makePrivate(path: string): boolean {
  const folder = dirname(path);
  makeFolder(folder);
  if ((statSync(folder).mode & 0o077) !== 0) chmodSync(folder, 0o700);
  closeSync(openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600));
  const { mode, size } = statSync(path);
  if ((mode & 0o077) !== 0) chmodSync(path, 0o600);
  return size === 0;
}

/** The change to WAL wants the file for itself and is refused at once, without the timeout, while others open it too. */
function enterWal(database: Database, patience: number): void {
  for (const end = performance.now() + patience; ; ) {
    try {
      database.exec('PRAGMA journal_mode = WAL');
      return;
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'SQLITE_BUSY' || performance.now() >= end) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
    }
  }
}

const PAUSE = 10;

function migrate(database: Database, { path, migrations }: DatabaseFile): void {
  const version = () => (database.prepare('PRAGMA user_version').get() as { user_version: number }).user_version;
  const found = version();
  if (found > migrations.length) {
    throw new DatabaseTrouble('newer', `${path} was made by a newer mom (layout ${found}, this mom knows ${migrations.length})`);
  }
  if (found === migrations.length) return;
  transaction(database, () => {
    // Another process may have been faster.
    for (const step of migrations.slice(version())) database.exec(step);
    database.exec(`PRAGMA user_version = ${migrations.length}`);
  });
}

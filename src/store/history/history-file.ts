import { type Database, type DatabaseConstructor, loadDatabaseModule } from '../database.js';
import { openMomDb } from '../mom-db.js';

/** The file of the store, opened when it is first needed. */
export class HistoryFile {
  /** Null until it is opened. */
  database: Database | null = null;
  readonly #path: string;
  readonly #patience: number;
  #Constructor: DatabaseConstructor | null = null;

  /** @param patience milliseconds to wait for another process */
  constructor(path: string, patience: number) {
    this.#path = path;
    this.#patience = patience;
  }

  /** @throws DatabaseTrouble where there is no database module for this machine */
  async load(): Promise<void> {
    this.#Constructor = await loadDatabaseModule();
  }

  /** A run is on the disk when it is written: its journal is deleted then. @throws DatabaseTrouble */
  open(): Database {
    if (this.database) return this.database;
    if (this.#Constructor === null) throw new Error('load() comes first');
    this.database = openMomDb(this.#Constructor, this.#path, this.#patience);
    this.database.exec('PRAGMA synchronous = FULL');
    return this.database;
  }

  close(): void {
    this.database?.close();
    this.database = null;
  }
}

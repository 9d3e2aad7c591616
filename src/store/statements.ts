import type { Database } from './database.js';

type Statement = ReturnType<typeof prepare>;

/** The statements of a piece of work, each prepared once: one is freed late, and one for each run would fill the memory. */
export class Statements {
  readonly #database: Database;
  readonly #prepared = new Map<string, Statement>();

  constructor(database: Database) {
    this.#database = database;
  }

  of(sql: string): Statement {
    const statement = this.#prepared.get(sql) ?? prepare(this.#database, sql);
    this.#prepared.set(sql, statement);
    return statement;
  }
}

function prepare(database: Database, sql: string) {
  return database.prepare(sql);
}

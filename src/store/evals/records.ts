import { type Database, transaction } from '../database.js';
import type { Statements } from '../statements.js';

export type RecordKind = 'answer' | 'judgement' | 'check';

/** Records that were found again before it is written down that this evaluation uses them too. */
const USES_AT_ONCE = 500;

const PUT = `INSERT INTO records (kind, key, kept_ms, record) VALUES (?, ?, ?, ?)
  ON CONFLICT (key, kind) DO UPDATE SET kept_ms = excluded.kept_ms, record = excluded.record
  RETURNING seq`;

/** What was asked, by its key, and which evaluation uses it. */
export class Records {
  readonly #database: Database;
  readonly #statements: Statements;
  /** The evaluation under way. */
  #evaluation: number | null = null;
  #found = new Set<number>();

  constructor(database: Database, statements: Statements) {
    this.#database = database;
    this.#statements = statements;
  }

  /** From now on what is kept and found is used by this evaluation. */
  usedBy(evaluation: number): void {
    this.writeUses();
    this.#evaluation = evaluation;
  }

  get<T>(kind: RecordKind, key: string): T | null {
    const row = this.#statements.of('SELECT seq, record FROM records WHERE key = ? AND kind = ?').get(key, kind) as
      | { seq: number; record: string }
      | undefined;
    if (row === undefined) return null;
    if (this.#evaluation !== null) this.#found.add(row.seq);
    if (this.#found.size >= USES_AT_ONCE) this.writeUses();
    return JSON.parse(row.record) as T;
  }

  put(kind: RecordKind, key: string, record: object): void {
    transaction(this.#database, () => {
      const { seq } = this.#statements.of(PUT).get(kind, key, Date.now(), JSON.stringify(record)) as { seq: number };
      if (this.#evaluation !== null) this.#use(this.#evaluation, seq);
    });
  }

  /** What a process that dies has not written, the one that goes on finds again. */
  writeUses(): void {
    const [evaluation, found] = [this.#evaluation, this.#found];
    if (evaluation === null || found.size === 0) return;
    transaction(this.#database, () => {
      for (const record of found) this.#use(evaluation, record);
    });
    this.#found = new Set();
  }

  /** Another process may have forgotten the record meanwhile. */
  #use(evaluation: number, record: number): void {
    this.#statements.of('INSERT OR IGNORE INTO uses (evaluation, record) SELECT ?, seq FROM records WHERE seq = ?').run(evaluation, record);
  }
}

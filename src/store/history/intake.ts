import { renameSync, rmSync } from 'node:fs';
import type { Imported } from '../../core/history.js';
import { type Database, transaction } from '../database.js';
import { Statements } from '../statements.js';
import { JournalReading } from './journal-runs.js';
import type { Journal } from './journals.js';
import { type RunToKeep, RunWriter } from './keep-run.js';

/** What is written before another process may write: so many runs, journals, or bytes of these. */
const AT_ONCE = { runs: 100, journals: 100, bytes: 4 * 1024 * 1024 } as const;

/** A journal that was read, or read in part. */
interface Read {
  journal: Journal;
  reading: JournalReading;
  /** Nothing of it is left to be taken in, now or later. */
  isWhole: boolean;
}

/** A run of a journal. */
interface Found {
  run: RunToKeep;
  /** It never came to its end. */
  isDead: boolean;
  reading: JournalReading;
}

/** The way of journals into the store, many of them in one transaction. */
export class Intake {
  readonly #database: Database;
  readonly #statements: Statements;
  readonly #writer: RunWriter;
  readonly #imported = { runs: 0, died: 0, unreadable: [] as string[] };
  #batch: Found[] = [];
  #read: Read[] = [];
  #bytes = 0;

  constructor(database: Database) {
    this.#database = database;
    this.#statements = new Statements(database);
    this.#writer = new RunWriter(database);
  }

  /** Bytes of a journal that have not been read yet. */
  toRead(journal: Journal): number {
    return journal.size - this.#position(journal);
  }

  /** @param isMine its writer says that all runs in it are over */
  take(journal: Journal, isMine: boolean): void {
    const read: Read = { journal, reading: new JournalReading(journal.path, this.#position(journal)), isWhole: false };
    const { reading } = read;
    let reached = reading.position;
    const keep = (run: RunToKeep, isDead: boolean) => {
      this.#batch.push({ run, isDead, reading });
      if (this.#batch.length < AT_ONCE.runs && this.#bytes + reading.position - reached < AT_ONCE.bytes) return;
      reached = reading.position;
      this.#commit([...this.#read, read]);
    };
    for (const run of reading.finished()) keep(run, false);
    if (journal.isClosed) for (const run of reading.brokenOff()) keep(run, true);
    read.isWhole = !reading.hasOpenRuns && (journal.isClosed || ((isMine || journal.isFormer) && reading.runs > 0));
    this.#read.push(read);
    this.#bytes += reading.position - reached;
    if (this.#read.length >= AT_ONCE.journals) this.#flush();
  }

  /** Writes what is left. @returns what became of all journals */
  end(): Omit<Imported, 'denied'> {
    this.#flush();
    return this.#imported;
  }

  #position({ name, size }: Journal): number {
    const row = this.#statements.of('SELECT position FROM journals WHERE name = ?').get(name) as { position: number } | undefined;
    return row !== undefined && row.position <= size ? row.position : 0;
  }

  #flush(): void {
    const read = this.#read;
    if (read.length > 0) this.#commit(read);
    this.#read = [];
    for (const each of read) this.#clearAway(each);
  }

  #commit(read: readonly Read[]): void {
    const batch = this.#batch;
    this.#batch = [];
    this.#bytes = 0;
    const kept = transaction(this.#database, () => {
      for (const { journal, reading, isWhole } of read) this.#mark(journal, isWhole && journal.mayGo ? null : reading.position);
      return batch.filter((found) => this.#put(found));
    });
    this.#imported.runs += kept.length;
    this.#imported.died += kept.filter(({ isDead }) => isDead).length;
  }

  /** A run that has not the shape of one must not keep the others waiting. @returns whether it is new */
  #put({ run, reading }: Found): boolean {
    this.#database.exec('SAVEPOINT run');
    try {
      return this.#writer.put(run);
    } catch (error) {
      const { code } = error as { code?: unknown };
      if (code !== undefined && !/^SQLITE_(CONSTRAINT|MISMATCH)/.test(String(code))) throw error;
      this.#database.exec('ROLLBACK TO run');
      reading.lost.add(run.run.summary.id);
      return false;
    } finally {
      if (this.#database.inTransaction) this.#database.exec('RELEASE run');
    }
  }

  /** Where the next reading of a journal begins; null: there will be none. */
  #mark({ name }: Journal, position: number | null): void {
    if (position === null) this.#statements.of('DELETE FROM journals WHERE name = ?').run(name);
    else this.#statements.of('INSERT OR REPLACE INTO journals (name, position) VALUES (?, ?)').run(name, position);
  }

  #clearAway({ journal, reading, isWhole }: Read): void {
    if ((isWhole || journal.isAtRest) && this.#isUnreadable(journal, reading)) this.#setAside(journal);
    else if (isWhole && journal.mayGo) rmSync(journal.path, { force: true });
  }

  /** True where a journal holds something nobody can read. */
  #isUnreadable({ isFormer, size }: Journal, { lost, runs, hasOpenRuns }: JournalReading): boolean {
    const isKnown = this.#statements.of('SELECT 1 FROM runs WHERE id = ?');
    if ([...lost].some((id) => isKnown.get(id) === undefined)) return true;
    return size > 0 && isFormer && runs === 0 && !hasOpenRuns;
  }

  #setAside({ path }: Journal): void {
    const aside = `${path}.unreadable`;
    try {
      renameSync(path, aside);
      this.#imported.unreadable.push(aside);
    } catch (error) {
      // Another process may have been faster.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
}

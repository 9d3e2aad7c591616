import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { AnswerCache, CachedAnswer, Place } from '../core/answer-cache.js';
import type { Warning } from '../core/run.js';
import {
  type Database,
  type DatabaseConstructor,
  type DatabaseTrouble,
  loadDatabaseModule,
  openDatabase,
  setAside,
  transaction,
  troubleWith,
} from './database.js';

export interface AnswerCacheOptions {
  /** Folder of the file `answers.db`. */
  dir: string;
  /** Milliseconds an answer is used again. */
  ttl: number;
  /** Answers kept at most; the oldest go first. */
  maxSize: number;
  clock: () => Date;
  /** Told once of a cache that can't be used, and of a file that was set aside. */
  onNote: (note: Warning) => void;
  /** @default the one installed with mom */
  loadModule?: () => Promise<DatabaseConstructor>;
}

/** A cache to be closed by whoever made it. */
export interface ClosableAnswerCache extends AnswerCache {
  close(): void;
}

const MIGRATIONS = [
  `CREATE TABLE answers (
     id INTEGER PRIMARY KEY,
     key TEXT NOT NULL UNIQUE,
     stored_at INTEGER NOT NULL,
     entry TEXT NOT NULL,
     scope TEXT,
     dimensions INTEGER,
     vector F32_BLOB
   );
   CREATE INDEX answers_by_age ON answers (stored_at);
   CREATE INDEX answers_by_scope ON answers (scope, dimensions) WHERE scope IS NOT NULL;`,
];

/** Everything of a run waits while the cache waits for another process, so it does not wait for long. */
const BUSY_TIMEOUT = 250;

/** A clock may be this much behind the one that stored an answer (milliseconds). */
const CLOCK_SKEW = 60_000;

/** One in this many new answers clears old ones away; never more than a hundredth of the cache at once. */
const SWEEP_EVERY = 100;

/** `entry` is a {@link CachedAnswer} as JSON: as text of its own, an answer would end at its first NUL. */
interface Row {
  entry: string;
  stored_at: number;
}

/**
 * Stored answers in an SQLite file, which several processes may share. Opened at the first use. Whatever is wrong with
 * the file, nothing throws: a damaged or newer one is set aside, with any other trouble nothing is found and kept.
 */
export function createAnswerCache(options: AnswerCacheOptions): ClosableAnswerCache {
  return new StoredAnswers(options);
}

class StoredAnswers implements ClosableAnswerCache {
  readonly #options: AnswerCacheOptions;
  readonly #path: string;
  readonly #sweepEvery: number;
  #database: Database | null = null;
  /** Tells the file that was opened from one that took its place; null where there is none. */
  #inode: number | null = null;
  #closed = false;
  #noted = false;

  constructor(options: AnswerCacheOptions) {
    this.#options = options;
    this.#path = join(options.dir, 'answers.db');
    this.#sweepEvery = Math.max(1, Math.min(SWEEP_EVERY, Math.floor(options.maxSize / SWEEP_EVERY)));
  }

  get(key: string): Promise<CachedAnswer | null> {
    return this.#use((database) => {
      const row = database.prepare('SELECT entry, stored_at FROM answers WHERE key = ?').get(key) as Row | undefined;
      return row && this.#isCurrent(row.stored_at) ? toAnswer(row) : null;
    });
  }

  async nearest({ scope, vector }: Place, threshold: number): Promise<{ answer: CachedAnswer; similarity: number } | null> {
    if (!hasDirection(vector)) return null;
    const { oldest, newest } = this.#currentTimes();
    return this.#use((database) => {
      const row = database
        .prepare(
          `SELECT entry, stored_at, vector_distance_cos(vector, vector32(?)) AS distance FROM answers
           WHERE scope = ? AND dimensions = ? AND stored_at BETWEEN ? AND ?
           ORDER BY distance IS NULL, distance, id DESC LIMIT 1`,
        )
        .get(JSON.stringify(vector), scope, vector.length, oldest, newest) as (Row & { distance: number | null }) | undefined;
      const similarity = row?.distance == null ? null : 1 - row.distance;
      return row && similarity !== null && similarity >= threshold ? { answer: toAnswer(row), similarity } : null;
    });
  }

  async put(key: string, answer: CachedAnswer, place: Place | null): Promise<void> {
    const where = place && hasDirection(place.vector) ? place : null;
    const row = {
      key,
      stored_at: Date.parse(answer.stored_at),
      entry: JSON.stringify(answer),
      scope: where?.scope ?? null,
      dimensions: where?.vector.length ?? null,
      vector: where && JSON.stringify(where.vector),
    };
    await this.#use((database) =>
      transaction(database, () => {
        const { lastInsertRowid } = database.prepare(PUT).run(row);
        if (Number(lastInsertRowid) % this.#sweepEvery === 0) this.#sweep(database);
        return null;
      }),
    );
  }

  close(): void {
    this.#closed = true;
    this.#forget();
  }

  #currentTimes(): { oldest: number; newest: number } {
    const now = this.#options.clock().getTime();
    return { oldest: now - this.#options.ttl, newest: now + CLOCK_SKEW };
  }

  /** False for what is too old, and for what comes from a future that the clock has left again. */
  #isCurrent(storedAt: number): boolean {
    const { oldest, newest } = this.#currentTimes();
    return storedAt >= oldest && storedAt <= newest;
  }

  /** Leaves room for what comes until the next sweep, so that there are never more than `maxSize`. */
  #sweep(database: Database): void {
    database.prepare('DELETE FROM answers WHERE stored_at < ?').run(this.#currentTimes().oldest);
    const { count } = database.prepare('SELECT count(*) AS count FROM answers').get() as { count: number };
    const excess = count - (this.#options.maxSize - this.#sweepEvery + 1);
    if (excess > 0) database.prepare('DELETE FROM answers WHERE id IN (SELECT id FROM answers ORDER BY id LIMIT ?)').run(excess);
  }

  async #use<T>(work: (database: Database) => T): Promise<T | null> {
    if (this.#closed) return null;
    try {
      const Constructor = await (this.#options.loadModule ?? loadDatabaseModule)();
      return this.#closed ? null : this.#useFile(Constructor, work);
    } catch (error) {
      const { message } = troubleWith(this.#path, error);
      if (!this.#noted) this.#options.onNote({ code: 'cache_unusable', message: `answers are not cached: ${message}` });
      this.#noted = true;
      return null;
    }
  }

  /** Where the file turns out to be of no use, the work is done with a new one. */
  #useFile<T>(Constructor: DatabaseConstructor, work: (database: Database) => T): T {
    const attempt = () => work(this.#database ?? this.#open(Constructor));
    try {
      return attempt();
    } catch (error) {
      const trouble = troubleWith(this.#path, error);
      if (trouble.kind === 'unusable') throw trouble;
      this.#forget();
      // Another process may have put a new file in its place by now.
      if (inode(this.#path) === this.#inode) this.#setAside(trouble);
      return attempt();
    }
  }

  #open(Constructor: DatabaseConstructor): Database {
    this.#inode = inode(this.#path);
    this.#database = openDatabase(Constructor, { path: this.#path, migrations: MIGRATIONS, busyTimeout: BUSY_TIMEOUT });
    this.#inode = inode(this.#path);
    return this.#database;
  }

  #setAside(trouble: DatabaseTrouble): void {
    const stamp = this.#options.clock().toISOString().replace(/[-:]/g, '').slice(0, 15);
    const aside = setAside(this.#path, `${trouble.kind === 'newer' ? 'newer' : 'corrupt'}-${stamp}`);
    this.#options.onNote({ code: 'cache_set_aside', message: `${trouble.message}; it is now ${aside}, and answers are kept in a new one` });
  }

  #forget(): void {
    this.#database?.close();
    this.#database = null;
  }
}

function inode(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.ino ?? null;
}

/** Under one key the question is the same, so its place is kept when an answer comes anew without one. */
const PUT = `INSERT OR REPLACE INTO answers (key, stored_at, entry, scope, dimensions, vector)
  VALUES (:key, :stored_at, :entry,
    coalesce(:scope, (SELECT scope FROM answers WHERE key = :key)),
    coalesce(:dimensions, (SELECT dimensions FROM answers WHERE key = :key)),
    CASE WHEN :vector IS NULL THEN (SELECT vector FROM answers WHERE key = :key) ELSE vector32(:vector) END)`;

function toAnswer({ entry }: Row): CachedAnswer {
  return JSON.parse(entry) as CachedAnswer;
}

/** A vector that can be compared with others: 32-bit numbers, not all 0. */
function hasDirection(vector: readonly number[]): boolean {
  return vector.every((x) => Number.isFinite(Math.fround(x))) && vector.some((x) => Math.fround(x) !== 0);
}

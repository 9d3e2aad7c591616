import { MomError } from '../../core/error.js';
import type { EvalReport } from '../../core/eval/report.js';
import type { StoredEvaluation } from '../../core/eval/store.js';
import { type Database, transaction } from '../database.js';
import type { Statements } from '../statements.js';

/** Ids that are named where several begin alike. */
const NAMED = 5;

/** What is known of an evaluation from its beginning on. */
export type Head = Omit<StoredEvaluation, 'report'>;

/** An evaluation by its number in the store. */
export interface Numbered {
  seq: number;
  head: Head;
}

interface Row {
  seq: number;
  head: string;
}

/** The evaluations themselves, without what belongs to them. */
export class Evaluations {
  readonly #database: Database;
  readonly #statements: Statements;

  constructor(database: Database, statements: Statements) {
    this.#database = database;
    this.#statements = statements;
  }

  /** One that nobody sees yet. @returns its number */
  add(head: Head): number {
    const insert = 'INSERT INTO evaluations (id, started_ms, begun_ms, sandbox, whole, head) VALUES (?, ?, ?, ?, 0, ?) RETURNING seq';
    const values = [head.id, Date.parse(head.started_at), Date.now(), Number(head.sandbox), JSON.stringify(head)];
    return (transaction(this.#database, () => this.#statements.of(insert).get(...values)) as { seq: number }).seq;
  }

  /** From now on it is seen. @returns false where it is gone meanwhile */
  makeWhole(seq: number): boolean {
    const update = 'UPDATE evaluations SET whole = 1 WHERE seq = ?';
    return transaction(this.#database, () => this.#statements.of(update).run(seq).changes > 0);
  }

  keepHead({ seq, head }: Numbered): void {
    const update = 'UPDATE evaluations SET head = ? WHERE seq = ?';
    transaction(this.#database, () => this.#statements.of(update).run(JSON.stringify(head), seq));
  }

  keepReport(seq: number, report: EvalReport): void {
    const update = 'UPDATE evaluations SET report = ? WHERE seq = ?';
    transaction(this.#database, () => this.#statements.of(update).run(JSON.stringify(report), seq));
  }

  latest(sandbox: boolean): Numbered | null {
    const select = 'SELECT seq, head FROM evaluations WHERE whole = 1 AND sandbox = ? ORDER BY started_ms DESC, seq DESC LIMIT 1';
    const row = this.#statements.of(select).get(Number(sandbox)) as Row | undefined;
    return row === undefined ? null : numbered(row);
  }

  /** The one with this id, or the only one whose id begins so. @throws MomError `no_input` for none, `usage` for several */
  named(id: string): Numbered {
    const select = 'SELECT seq, head FROM evaluations WHERE id >= ? AND id < ? AND whole = 1 ORDER BY id LIMIT ?';
    const found = (this.#statements.of(select).all(id, `${id}\u{10ffff}`, NAMED + 1) as Row[]).map(numbered);
    const [first] = found;
    if (first === undefined) {
      throw new MomError('no_input', `there is no evaluation ${id}`, { hint: 'mom eval show without an id shows the latest one' });
    }
    // An id comes before all that only begin with it.
    if (found.length > 1 && first.head.id !== id)
      throw ambiguous(
        id,
        found.map(({ head }) => head.id),
      );
    return first;
  }

  withReport({ seq, head }: Numbered): StoredEvaluation {
    const row = this.#statements.of('SELECT report FROM evaluations WHERE seq = ?').get(seq) as { report: string | null } | undefined;
    const report = row?.report ?? null;
    return { ...head, report: report === null ? null : (JSON.parse(report) as EvalReport) };
  }
}

function numbered({ seq, head }: Row): Numbered {
  return { seq, head: JSON.parse(head) as Head };
}

function ambiguous(prefix: string, ids: readonly string[]): MomError {
  const named = `${ids.slice(0, NAMED).join(', ')}${ids.length > NAMED ? ', ...' : ''}`;
  return new MomError('usage', `several evaluations begin with ${prefix === '' ? 'nothing' : prefix}: ${named}`, {
    hint: 'give more of the id',
  });
}

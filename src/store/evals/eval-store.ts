import { isMomError, MomError } from '../../core/error.js';
import type { EvalPlan } from '../../core/eval/plan.js';
import type { EvalPrompt } from '../../core/eval/prompt.js';
import type { CheckResult, EvalAnswer, Judgement } from '../../core/eval/records.js';
import type { EvalReport } from '../../core/eval/report.js';
import type { EvalStore, StoredEvaluation } from '../../core/eval/store.js';
import type { Database } from '../database.js';
import { Statements } from '../statements.js';
import type { Disk } from './disk.js';
import { Evaluations, type Head } from './evaluations.js';
import { Prompts } from './prompts.js';
import { clearLeftovers, forget, pruneEvaluations } from './prune.js';
import { type RecordKind, Records } from './records.js';

export interface EvalStoreParts {
  database: Database;
  /** Any failure of the database in words. */
  failed(error: unknown): MomError;
  disk: Disk;
  /** A report was kept. */
  onReport(report: EvalReport): void;
  /** Evaluations were forgotten. */
  onPruned(before: Date): void;
}

/** The evaluations in an open file. */
export function createEvalStore(parts: EvalStoreParts): EvalStore {
  return new StoredEvaluations(parts);
}

class StoredEvaluations implements EvalStore {
  readonly #parts: EvalStoreParts;
  readonly #database: Database;
  readonly #evaluations: Evaluations;
  readonly #records: Records;
  readonly #prompts: Prompts;

  constructor(parts: EvalStoreParts) {
    this.#parts = parts;
    this.#database = parts.database;
    const statements = new Statements(parts.database);
    this.#evaluations = new Evaluations(parts.database, statements);
    this.#records = new Records(parts.database, statements);
    this.#prompts = new Prompts(parts.database, statements);
  }

  async begin(evaluation: Head, prompts: AsyncIterable<EvalPrompt> | Iterable<EvalPrompt>): Promise<void> {
    const seq = this.#write(() => {
      clearLeftovers(this.#database, Date.now());
      return this.#evaluations.add(evaluation);
    });
    try {
      await this.#fill(seq, prompts);
      if (!this.#write(() => this.#evaluations.makeWhole(seq))) throw forgotten(evaluation.id);
    } catch (error) {
      this.#discard(seq);
      throw error;
    }
    this.#read(() => this.#records.usedBy(seq));
  }

  keepPlan(id: string, plan: EvalPlan): void {
    this.#write(() => {
      const { seq, head } = this.#evaluations.named(id);
      this.#evaluations.keepHead({ seq, head: { ...head, plan } });
      this.#records.usedBy(seq);
    });
  }

  find(id: string): StoredEvaluation {
    return this.#read(() => this.#evaluations.withReport(this.#evaluations.named(id)));
  }

  latest(sandbox: boolean): StoredEvaluation | null {
    return this.#read(() => {
      const latest = this.#evaluations.latest(sandbox);
      return latest === null ? null : this.#evaluations.withReport(latest);
    });
  }

  promptCount(id: string): number {
    return this.#read(() => this.#prompts.count(this.#evaluations.named(id).seq));
  }

  *prompts(id: string): IterableIterator<EvalPrompt> {
    const { seq } = this.#read(() => this.#evaluations.named(id));
    for (let n = 0; ; ) {
      const page = this.#read(() => this.#prompts.page(seq, n));
      if (page.length === 0) return;
      n += page.length;
      yield* page;
    }
  }

  prompt(id: string, index: number): EvalPrompt | null {
    return this.#read(() => this.#prompts.one(this.#evaluations.named(id).seq, index));
  }

  answer(key: string): EvalAnswer | null {
    return this.#get('answer', key);
  }

  keepAnswer(key: string, answer: EvalAnswer): void {
    this.#put('answer', key, answer);
  }

  judgement(key: string): Judgement | null {
    return this.#get('judgement', key);
  }

  keepJudgement(key: string, judgement: Judgement): void {
    this.#put('judgement', key, judgement);
  }

  check(key: string): CheckResult | null {
    return this.#get('check', key);
  }

  keepCheck(key: string, result: CheckResult): void {
    this.#put('check', key, result);
  }

  keepReport(id: string, report: EvalReport): void {
    this.#write(() => {
      this.#records.writeUses();
      this.#evaluations.keepReport(this.#evaluations.named(id).seq, report);
    });
    this.#parts.onReport(report);
  }

  prune(before: Date): number {
    const pruned = this.#write(() => pruneEvaluations(this.#database, before));
    this.#parts.onPruned(before);
    return pruned;
  }

  close(): void {
    this.#parts.disk.stop();
    try {
      this.#records.writeUses();
      // Whoever opens the file next need not read the log. Others may be reading it: they are not waited for.
      this.#database.exec('PRAGMA busy_timeout = 0; PRAGMA wal_checkpoint(TRUNCATE)');
    } catch {
      // What this evaluation has found again is then forgotten together with the one that asked for it; the log waits.
    }
    this.#database.close();
  }

  #get<T>(kind: RecordKind, key: string): T | null {
    return this.#read(() => this.#records.get<T>(kind, key));
  }

  #put(kind: RecordKind, key: string, record: object): void {
    this.#write(() => this.#records.put(kind, key, record));
  }

  /** What is wrong with a prompt is said by whoever reads it, and not by the store. */
  async #fill(seq: number, prompts: AsyncIterable<EvalPrompt> | Iterable<EvalPrompt>): Promise<void> {
    let wrong: { prompt: unknown } | null = null;
    const watched = async function* () {
      try {
        yield* prompts;
      } catch (error) {
        wrong = { prompt: error };
        throw error;
      }
    };
    try {
      await this.#prompts.write(seq, watched());
    } catch (error) {
      throw wrong === null ? this.#parts.failed(error) : error;
    }
  }

  /** The cause is told; what can't be removed now is removed later, and seen by nobody. */
  #discard(seq: number): void {
    try {
      forget(this.#database, seq);
    } catch {
      // The store is in the trouble that is being told.
    }
  }

  #write<T>(work: () => T): T {
    const result = this.#read(work);
    this.#parts.disk.written();
    return result;
  }

  #read<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw isMomError(error) ? error : this.#parts.failed(error);
    }
  }
}

function forgotten(id: string): MomError {
  return new MomError('store_failed', `the evaluation ${id} was forgotten by another process while its prompts came`, {
    hint: 'start it again',
  });
}

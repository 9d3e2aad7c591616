import type { StoredRun } from '../../core/history.js';
import type { CallRecord } from '../../core/run.js';
import type { Database } from '../database.js';
import { Statements } from '../statements.js';
import { wholeCost } from './money.js';
import { lastQuestion, pack } from './pack.js';
import { searchable } from './search-text.js';
import { SEQ_PER_MS } from './seq.js';

/** A run with the calls in it that were not made, but taken from an earlier run. */
export interface RunToKeep {
  run: StoredRun;
  kept: ReadonlySet<string>;
}

/** Writes runs, within a transaction of the caller's. */
export class RunWriter {
  readonly #statements: Statements;

  constructor(database: Database) {
    this.#statements = new Statements(database);
  }

  /** @returns false where the run is in the store already */
  put({ run, kept }: RunToKeep): boolean {
    const { summary } = run;
    if (this.#statements.of('SELECT 1 FROM runs WHERE id = ?').get(summary.id)) return false;
    const seq = this.#freeSeq(Date.parse(summary.started_at));
    this.#statements
      .of('INSERT INTO runs (seq, id, door, client, sandbox, mixture, status) VALUES (?, ?, ?, ?, ?, ?, ?)')
      .run(seq, summary.id, summary.door, summary.client, Number(summary.sandbox), summary.mixture, summary.status);
    this.#statements.of('INSERT INTO summaries (seq, summary) VALUES (?, ?)').run(seq, JSON.stringify(summary));
    this.#putCalls(seq, run, kept);
    this.#statements.of('INSERT INTO records (seq, record) VALUES (?, ?)').run(seq, pack(run));
    if (run.content) {
      const text = searchable([lastQuestion(run.messages), run.result.answer]);
      this.#statements.of('INSERT INTO runs_fts (rowid, text) VALUES (?, ?)').run(seq, text);
    }
    return true;
  }

  #putCalls(seq: number, { result, started }: StoredRun, kept: ReadonlySet<string>): void {
    const put = this.#statements.of(PUT_CALL);
    for (const [n, call] of result.calls.entries()) if (!kept.has(call.id)) put.run(seq, n, ...columns(call, started[call.id] ?? null));
    const putModel = this.#statements.of('INSERT OR IGNORE INTO run_models (model, seq) VALUES (?, ?)');
    const models = result.calls.flatMap((call) => [call.model, call.resolved_model ?? call.model]);
    for (const model of new Set(models)) putModel.run(model, seq);
  }

  /** Runs of one millisecond stand in the order in which they came. */
  #freeSeq(startedMs: number): number {
    const last = this.#statements.of('SELECT max(seq) AS seq FROM runs WHERE seq BETWEEN ? AND ?');
    for (let ms = startedMs; ; ms++) {
      const first = ms * SEQ_PER_MS;
      const { seq } = last.get(first, first + SEQ_PER_MS - 1) as { seq: number | null };
      if (seq === null) return first;
      if (seq < first + SEQ_PER_MS - 1) return seq + 1;
    }
  }
}

const PUT_CALL = `INSERT INTO calls (seq, n, kind, model, resolved_model, provider, family, status, input_tokens, output_tokens,
  cost, cost_source, started_ms, first_token_ms, duration_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

function columns(call: CallRecord, startedMs: number | null): (string | number | null)[] {
  return [
    call.kind,
    call.model,
    call.resolved_model,
    call.provider,
    call.family,
    call.status,
    call.usage?.input_tokens ?? 0,
    call.usage?.output_tokens ?? 0,
    call.cost_usd === null ? null : wholeCost(call.cost_usd),
    call.cost_source,
    startedMs,
    call.first_token_ms,
    call.duration_ms,
  ];
}

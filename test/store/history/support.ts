import { existsSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import Libsql from 'libsql';
import { onTestFinished } from 'vitest';
import type { RunEvent, RunEventBody } from '../../../src/core/event.js';
import type { RunOrigin } from '../../../src/core/history.js';
import { ResultFold } from '../../../src/core/result.js';
import type { CallRecord, RunStatus } from '../../../src/core/run.js';
import type { Database } from '../../../src/store/database.js';
import { createHistory } from '../../../src/store/history/history.js';
import { type ImportOptions, importFolder, NO_LIMIT } from '../../../src/store/history/import.js';
import { openMomDb } from '../../../src/store/mom-db.js';
import { newFolder } from '../support.js';

export const DAY = 24 * 3_600_000;

/** A process that has ended: no machine counts so far. */
export const DEAD = { pid: 2 ** 30, process_start: '1', host: hostname() };

/** Whatever its number: it runs elsewhere. */
export const ELSEWHERE = { pid: 1, process_start: '1', host: 'another-machine' };

/** This very process, on systems that don't tell when it began. */
export const ALIVE = { pid: process.pid, process_start: null, host: hostname() };

export const PLAIN: RunOrigin = {
  door: 'ask',
  client: null,
  sandbox: false,
  parent: null,
  link: null,
  conversation: 'first',
  choice: {},
  format: null,
  tools: false,
};

export interface Told {
  id?: string;
  at?: string;
  question?: string;
  answer?: string | null;
  mixture?: string;
  status?: RunStatus;
  calls?: Partial<CallRecord>[];
  origin?: Partial<RunOrigin>;
  content?: boolean;
}

export function call(more: Partial<CallRecord> = {}): CallRecord {
  return {
    id: 'p1',
    kind: 'proposer',
    model: 'openai/one',
    resolved_model: 'openai/one-2026',
    provider: 'openrouter',
    family: 'openai',
    role: null,
    layer: 1,
    status: 'answered',
    text: 'a proposal',
    tool_calls: [],
    finish_reason: 'stop',
    error: null,
    usage: { input_tokens: 10, output_tokens: 20, reasoning_tokens: 0, cached_input_tokens: 0 },
    cost_usd: 0.1,
    cost_source: 'reported',
    confidence: null,
    first_token_ms: 5,
    duration_ms: 50,
    attempts: 1,
    ...more,
  };
}

/** The lines of a run: its origin and its events. */
export function runLines(told: Told = {}): object[] {
  const { id = '20260131-120000-aaaaaa', calls = [{}, { id: 'c1', kind: 'critic', model: 'anthropic/two' }] } = told;
  const { at = '2026-01-31T12:00:00.000Z', question = 'why?', answer = 'because', mixture = 'default', status = 'complete' } = told;
  const route = { mixture, strategy: 'fuse' as const, route_reason: 'asked for', quorum: 1, min_answers: 1 };
  const records = calls.map(call);
  const member = (record: CallRecord) => ({ ...record, required: false });
  const bodies: RunEventBody[] = [
    {
      type: 'run.start',
      started_at: at,
      seed: 7,
      ...route,
      proposers: records.filter((record) => record.kind === 'proposer').map(member),
      critics: records.filter((record) => record.kind === 'critic').map(member),
      messages: told.content === false ? [] : [{ role: 'user', content: question }],
    },
    ...records.map((record) => ({
      type: 'call.start' as const,
      call: {
        id: record.id,
        kind: record.kind,
        layer: 1,
        model: record.model,
        provider: record.provider,
        family: record.family,
        role: null,
      },
      messages: record.kind === 'critic' && told.content !== false ? [{ role: 'user' as const, content: `judge: ${question}` }] : null,
    })),
    ...records.map((record) => ({ type: 'call.end' as const, call: record })),
    {
      type: 'outcome',
      status,
      answer,
      tool_calls: [],
      answer_source: 'critic',
      finish_reason: 'stop',
      error: status === 'failed' ? { code: 'no_answer', message: 'nobody answered', hint: null } : null,
    },
  ];
  const events = bodies.map((body, i) => ({ ...body, run_id: id, t_ms: 10 * i }) as RunEvent);
  const fold = new ResultFold();
  for (const event of events) fold.apply(event);
  const end = { type: 'run.end', run_id: id, t_ms: 10 * events.length, result: fold.result() };
  const origin = { type: 'run.origin', run_id: id, origin: { ...PLAIN, ...told.origin }, content: told.content ?? true };
  return [origin, ...events, end];
}

export const END = { type: 'journal.end' };

export function start(door: 'ask' | 'serve' | 'eval', writer: object = DEAD): object {
  return { type: 'journal.start', format: 1, mom: '0.0.0', door, ...writer };
}

export function text(lines: readonly object[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** A place of its own with a store and a folder of journals. */
export function newStore() {
  const dir = join(newFolder(), 'mom');
  const runs = join(dir, 'runs');
  mkdirSync(runs, { recursive: true });
  const path = join(dir, 'mom.db');
  let database: Database | null = null;
  const open = () => {
    database ??= openMomDb(Libsql, path, 50);
    return database;
  };
  onTestFinished(() => {
    database?.close();
  });
  const file = (name: string, content: string | Uint8Array, silentFor = 0) => {
    writeFileSync(join(runs, name), content);
    const time = new Date(Date.now() - silentFor);
    utimesSync(join(runs, name), time, time);
  };
  const clock = () => new Date();
  const take = (more: Partial<ImportOptions> = {}) => importFolder({ dir: runs, open, clock, limit: NO_LIMIT, ...more });
  return {
    dir,
    runs,
    path,
    open,
    file,
    take,
    /** Takes runs in that are over. */
    keep: (...told: Told[]) => {
      file('kept.jsonl', text([start('serve'), ...told.flatMap(runLines), END]));
      return take();
    },
    history: () => createHistory(path, open()),
    left: () => readdirSync(runs).sort(),
    size: () => (existsSync(path) ? statSync(path).size : null),
  };
}

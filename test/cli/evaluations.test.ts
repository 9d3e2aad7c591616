import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import Libsql from 'libsql';
import { describe, expect, it } from 'vitest';
import { openEvalStore } from '../../src/app/eval/open-store.js';
import type { CliContext } from '../../src/cli/context.js';
import { createEvalRecorders } from '../../src/cli/eval-recorders.js';
import type { RunEvent } from '../../src/core/event.js';
import type { RunSummary, StoredRun } from '../../src/core/history.js';
import { events } from '../observe/sample-run.js';
import { contestant, head, prompts, report } from '../store/evals/samples.js';
import { newPlace, type Place, runCli } from '../support/cli.js';
import { problems } from '../support/schema.js';
import { startServer } from '../support/serve-cli.js';

const mom = (place: Place, ...args: string[]) => runCli(args, { place });

/** Evaluations as `mom eval` leaves them. */
async function evaluated(place: Place, ...ids: { id: string; startedAt: string; sandbox?: boolean }[]): Promise<void> {
  const env = { XDG_STATE_HOME: place.state };
  const store = await openEvalStore({ env, home: place.home, forget: false, onNote: ({ message }) => expect.unreachable(message) });
  for (const { id, startedAt, sandbox = false } of ids) {
    await store.begin(head(id, { startedAt, sandbox }), prompts(3));
    store.keepReport(id, report(id, { started_at: startedAt, sandbox, contestants: [contestant(`of ${id}`)] }));
  }
  store.close();
}

function ofRun(event: RunEvent, id: string): RunEvent {
  const named = { ...event, run_id: id };
  return named.type === 'run.end' ? { ...named, result: { ...named.result, id } } : named;
}

/** Runs of an evaluation, recorded as they go on. */
async function recorded(place: Place, { ids = ['20260131-081500-aaaaaa'], nothing = false } = {}): Promise<string[]> {
  const said: string[] = [];
  const stderr = { write: (text: string) => said.push(text) };
  const context = {
    env: { ...place.env },
    home: place.home,
    packageRoot: join(import.meta.dirname, '../..'),
    stderr,
    stderrIsTTY: false,
  } as unknown as CliContext;
  const recorders = createEvalRecorders(context, {});
  for (const id of ids) {
    const sinks = recorders.of(id, { nothing, secrets: ['topsecret123'] });
    for (const event of events()) for (const sink of sinks) sink.handle(ofRun(event, id));
    for (const sink of sinks) sink.close?.();
  }
  await recorders.close();
  return said;
}

const OLD = '2025-06-01T00:00:00.000Z';
const NEW = '2026-01-31T12:00:00.000Z';

describe('the runs of an evaluation', () => {
  it('stand in the costs, and in the list only when they are asked for', async () => {
    const place = newPlace();
    expect(await recorded(place)).toEqual([]);
    const cost = JSON.parse((await mom(place, 'cost', '--by', 'client', '--json')).stdout) as { rows: { key: string; runs: number }[] };
    expect(cost.rows).toMatchObject([{ key: 'eval', runs: 1 }]);
    expect(await mom(place, 'logs')).toMatchObject({
      stdout: '',
      stderr: 'mom: only runs of evaluations are kept; --evals lists them\n',
      status: 0,
    });
    const { stdout } = await mom(place, 'logs', '--evals', '--json');
    expect(problems('runs', JSON.parse(stdout))).toEqual([]);
    expect((JSON.parse(stdout) as { runs: RunSummary[] }).runs).toMatchObject([{ door: 'eval', client: null, question: null }]);
  });

  it('are no last run and no conversation', async () => {
    const place = newPlace();
    await mom(place, 'ask', '--sandbox', '-q', 'mine');
    await recorded(place, { ids: ['29990101-000000-aaaaaa'] });
    expect((await mom(place, 'logs', 'show')).stdout).toContain('mine');
    expect((await mom(place, 'logs', '--search', 'mine')).stdout).toContain('mine');
    expect((await mom(place, 'logs', '--status', 'cancelled')).stderr).toBe('mom: none of the runs that are kept fits\n');
    expect(await mom(place, 'ask', '--sandbox', '-q', '-c', 'more')).toMatchObject({ status: 0 });
  });

  it('are found by their id, as numbers: the texts stand with the evaluation', async () => {
    const place = newPlace();
    await recorded(place);
    const { stdout } = await mom(place, 'logs', 'show', '20260131');
    expect(stdout).toContain('mom eval');
    expect(stdout).toContain('kept with the evaluation only');
    const run = JSON.parse((await mom(place, 'logs', 'show', '20260131', '--json')).stdout) as StoredRun;
    expect(problems('runs', run)).toEqual([]);
    expect({ content: run.content, messages: run.messages, answer: run.result.answer }).toEqual({
      content: false,
      messages: [],
      answer: null,
    });
    expect(run.result.calls.length).toBeGreaterThan(0);
  });

  it('are not recorded where nothing may be kept', async () => {
    const place = newPlace();
    await recorded(place, { nothing: true });
    expect(existsSync(join(place.state, 'mom', 'runs'))).toBe(false);
  });

  it('are taken in by a process that nobody waits for', async () => {
    const place = newPlace();
    await recorded(place, { ids: ['20260131-081500-aaaaaa', '20260131-081500-bbbbbb'] });
    const runs = join(place.state, 'mom', 'runs');
    await expect.poll(() => (existsSync(join(place.state, 'mom', 'mom.db')) ? readdirSync(runs) : null), { timeout: 10_000 }).toEqual([]);
  });
});

describe('mom logs prune', () => {
  it('forgets evaluations too, and says how many', async () => {
    const place = newPlace();
    await evaluated(place, { id: 'old', startedAt: OLD }, { id: 'new', startedAt: NEW });
    const prune = (...args: string[]) => mom(place, 'logs', 'prune', '--older-than', ...args);
    expect(await prune('2026-01-01', '-n')).toMatchObject({ stderr: 'mom: 0 runs and 1 evaluation would be forgotten\n', status: 0 });
    expect(await prune('2026-01-01')).toMatchObject({ stderr: 'mom: 0 runs and 1 evaluation forgotten\n', status: 0 });
    expect(await prune('2026-01-01')).toMatchObject({ stderr: 'mom: 0 runs forgotten\n', status: 0 });
    expect(await prune('2026-02-01')).toMatchObject({ stderr: 'mom: 0 runs and 1 evaluation forgotten\n', status: 0 });
    expect(existsSync(join(place.state, 'mom', 'evals-latest.json'))).toBe(false);
  });

  it('says what is wrong with their store: 74', async () => {
    const place = newPlace();
    await evaluated(place, { id: 'old', startedAt: OLD });
    const path = join(place.state, 'mom', 'evals.db');
    const database = new Libsql(path);
    database.exec('PRAGMA user_version = 99');
    database.close();
    expect(await mom(place, 'logs', 'prune', '--older-than', '1d')).toMatchObject({
      stderr: `mom: evaluations can't be kept: ${path} was made by a newer mom (layout 99, this mom knows 1)\nhint: update mom; with --no-log an evaluation needs no store\n`,
      status: 74,
    });
  });
});

it('mom doctor names the evaluations and their size', async () => {
  const place = newPlace();
  await evaluated(place, { id: 'new', startedAt: NEW });
  const { stdout } = await mom(place, 'doctor', '--sandbox');
  expect(stdout).toMatch(/^ok {4}evaluations in .*\/mom\/evals\.db, 0\.\d MB$/m);
});

it('the gateway shows the latest evaluation, of the sandbox where it is one, as soon as there is another', async () => {
  const place = newPlace();
  await evaluated(place, { id: 'real', startedAt: NEW });
  const server = await startServer(['--sandbox'], { place });
  const shown = async () => {
    const text = await (await fetch(server.url.replace('/v1', '/metrics'))).text();
    return text.split('\n').filter((line) => /^mom_eval_\w+\{/.test(line));
  };
  expect(await shown()).toEqual([]);
  await evaluated(place, { id: 'play', startedAt: NEW, sandbox: true });
  expect(await shown()).toEqual([
    'mom_eval_start_time_seconds{baseline="default"} 1769860800',
    'mom_eval_prompts{contestant="of play"} 10',
    'mom_eval_failed_answers{contestant="of play"} 1',
  ]);
});

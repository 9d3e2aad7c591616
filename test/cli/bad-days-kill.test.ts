import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { CostRow, RunSummary, StoredRun } from '../../src/core/history.js';
import { runCli } from '../support/cli.js';
import { families, type MixtureCli, mixtureCli, says } from '../support/mixture-cli.js';
import { chat, startServer } from '../support/serve-cli.js';

/** Streams for a while, then a critic does. */
const SLOW = {
  proposers: families(says('one', 'ttft=40'), says('two word '.repeat(30), 'tps=400')),
  critic: says('merged '.repeat(40), 'tps=400'),
};

function momIn(cli: MixtureCli) {
  const env = {
    MOM_BASE_URL: cli.sandbox.url,
    MOM_API_KEY: 'key-of-the-test',
    MOM_CONFIG: join(cli.place.root, 'mixture.yaml'),
    MOM_MIXTURE: 'mine',
  };
  const mom = (...args: string[]) => runCli(args, { place: cli.place, env });
  return {
    env,
    mom,
    runs: async () => (JSON.parse((await mom('logs', '--json', '--limit', '1000')).stdout) as { runs: RunSummary[] }).runs,
    cost: async () => (JSON.parse((await mom('cost', '--json')).stdout) as { total: CostRow }).total,
    whole: async (id: string) => JSON.parse((await mom('logs', 'show', id, '--json')).stdout) as StoredRun,
    left: () => {
      const dir = join(cli.place.state, 'mom', 'runs');
      return existsSync(dir) ? readdirSync(dir) : [];
    },
  };
}

it('a run that is killed at any moment is there once, its cost told once, and resumed for what is missing', {
  timeout: 180_000,
}, async () => {
  const cli = await mixtureCli(SLOW);
  const { runs, cost, whole, left, mom } = momIn(cli);
  const begun = performance.now();
  await cli.ask('how long?');
  const length = performance.now() - begun;
  for (let i = 0; i < 12; i++) {
    const running = cli.start(`killed ${i}`);
    const delay = (length * (i + 3)) / 12;
    await new Promise((resolve) => setTimeout(resolve, delay));
    running.child.kill('SIGKILL');
    await running.done;
  }
  const kept = await runs();
  const asked = kept.map(({ question }) => question);
  expect(new Set(asked).size).toBe(asked.length);
  expect(new Set(kept.map(({ id }) => id)).size).toBe(kept.length);
  expect(left()).toEqual([]);
  expect((await runs()).length).toBe(kept.length);
  // Each run of the store costs what its calls cost, and none of them twice.
  const all = await Promise.all(kept.map(({ id }) => whole(id)));
  const calls = all.flatMap(({ result }) => result.calls);
  const dollars = calls.reduce((sum, call) => sum + (call.cost_usd ?? 0), 0);
  const total = await cost();
  expect(total).toMatchObject({ runs: kept.length, calls: calls.length });
  expect(total.cost_usd).toBeCloseTo(dollars, 9);
  expect(total.unpriced_calls).toBe(calls.filter((call) => call.cost_usd === null || call.cost_source === 'partial').length);
  for (const { result } of all)
    if (result.status === 'cancelled') expect(result.error?.message).toBe('the journal ends before the run does');

  const dead = all.filter(({ result }) => result.status === 'cancelled');
  expect(dead.length).toBeGreaterThan(0);
  for (const { summary, result } of dead) {
    cli.sandbox.reset();
    expect(await mom('ask', '--resume', summary.id)).toMatchObject({ stdout: `${'merged '.repeat(40)}\n`, status: 0 });
    const answered = result.proposals.filter(({ status }) => status === 'answered').length;
    expect([summary.id, Object.values(cli.requests()).reduce((sum, n) => sum + n, 0)]).toEqual([summary.id, 3 - answered]);
  }
});

it('an import that is killed at any moment, and two at once, take each run in once', { timeout: 120_000 }, async () => {
  const cli = await mixtureCli({ strategy: 'single', single: says('well') });
  const { env, mom, runs, cost, left } = momIn(cli);
  const dir = join(cli.place.state, 'mom');
  mkdirSync(join(dir, 'mom.db'), { recursive: true });
  for (let i = 0; i < 3; i++) await cli.ask(`question ${i}`);
  rmSync(join(dir, 'mom.db'), { recursive: true });
  // Many of them, each a run of its own.
  const [first = ''] = left();
  const text = readFileSync(join(dir, 'runs', first), 'utf8');
  for (let i = 0; i < 300; i++) {
    const id = `20200101-000000-${String(i).padStart(6, '0')}`;
    writeFileSync(join(dir, 'runs', `${id}.jsonl`), text.replaceAll(first.replace('.jsonl', ''), id));
  }
  for (let i = 0; i < 8; i++) {
    const { startCli } = await import('../support/cli.js');
    const running = startCli(['logs', 'import'], { place: cli.place, env });
    await new Promise((resolve) => setTimeout(resolve, 40 + 12 * i));
    running.child.kill('SIGKILL');
    await running.done;
  }
  for (let i = 0; i < 3; i++) {
    const both = await Promise.all([mom('logs', 'import'), mom('logs', 'import')]);
    expect(both.map(({ status }) => status)).toEqual([0, 0]);
  }
  expect(left()).toEqual([]);
  expect(new Set((await runs()).map(({ id }) => id)).size).toBe(303);
  expect(await cost()).toMatchObject({ runs: 303, calls: 303 });
});

it('a journal that ends after any byte is taken in without a crash, a run that is none or a cost that was not told', {
  timeout: 180_000,
}, async () => {
  const { newStore, start, text, runLines, END } = await import('../store/history/support.js');
  const whole = Buffer.from(text([start('ask'), ...runLines(), END]));
  const firstRun = text([start('ask'), ...runLines().slice(0, 2)]).length;
  let store = newStore();
  let count = 0;
  for (let length = 0; length <= whole.length; length++) {
    if (length % 7 !== 0 && length < whole.length - 40 && length > 400) continue;
    if (count++ % 200 === 0) store = newStore();
    store.file('20260131-120000-aaaaaa.jsonl', whole.subarray(0, length));
    const { runs } = store.take();
    const list = store.history().list({}, 10);
    expect(list.length).toBe(runs);
    // What had been written whole is there, or the file still is.
    if (length >= firstRun) expect(list.map(({ id }) => id)).toEqual(['20260131-120000-aaaaaa']);
    else if (runs === 0 && length > text([start('ask')]).length) expect([length, store.left().length <= 1]).toEqual([length, true]);
    for (const { status, cost_usd, cost_source } of list) {
      if (status === 'complete') expect(cost_usd).toBeCloseTo(0.2, 9);
      else if (cost_source === 'reported') expect(cost_usd).toBeLessThanOrEqual(0.2);
      else expect(['partial', 'unknown']).toContain(cost_source);
    }
    const [row] = store.history().costs('day', null);
    expect(row?.cost_usd ?? 0).toBeLessThanOrEqual(0.2);
    for (const table of ['runs', 'summaries', 'calls', 'records', 'run_models', 'journals'])
      store.open().prepare(`DELETE FROM ${table}`).run();
    for (const name of store.left()) rmSync(join(store.runs, name));
  }
});

it('a gateway that is killed with many requests under way leaves each of its runs once', { timeout: 60_000 }, async () => {
  const cli = await mixtureCli(SLOW);
  const { env, runs, left, cost } = momIn(cli);
  const server = await startServer([], { place: cli.place, env });
  const done = Array.from({ length: 6 }, (_, i) =>
    chat(server.url, { model: says('well'), messages: [{ role: 'user', content: `done ${i}` }] }).then((response) => response.text()),
  );
  await Promise.all(done);
  const cut = Array.from({ length: 20 }, (_, i) =>
    chat(server.url, { model: 'sandbox/len=2000,tps=50', stream: true, messages: [{ role: 'user', content: `cut ${i}` }] })
      .then((response) => response.text())
      .catch(() => undefined),
  );
  const journals = () =>
    left()
      .map((name) => readFileSync(join(cli.place.state, 'mom', 'runs', name), 'utf8'))
      .join('');
  await expect.poll(() => journals().split('"call.start"').length - 1, { timeout: 10_000 }).toBeGreaterThanOrEqual(26);
  server.child.kill('SIGKILL');
  await Promise.all(cut);
  const kept = await runs();
  const named = (begin: string) => kept.filter(({ question }) => question?.startsWith(begin));
  expect([named('done').length, named('cut').length, kept.length]).toEqual([6, 20, 26]);
  expect(named('cut').every(({ status, cost_usd }) => status === 'cancelled' && cost_usd === null)).toBe(true);
  expect(await cost()).toMatchObject({ runs: 26, unpriced_calls: 20 });
  expect(left()).toEqual([]);
});

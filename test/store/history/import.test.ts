import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { program } from '../support.js';
import { ALIVE, call, DAY, ELSEWHERE, END, newStore, runLines, start, type Told, text } from './support.js';

const FIRST: Told = { id: '20260131-120000-aaaaaa' };
const SECOND: Told = { id: '20260131-120001-bbbbbb', at: '2026-01-31T12:00:01.000Z' };
const ids = (store: ReturnType<typeof newStore>) =>
  store
    .history()
    .list({}, 100)
    .map(({ id }) => id);
const broken = (told: Told, upTo: string) => {
  const lines = runLines(told) as { type: string }[];
  return lines.slice(
    0,
    lines.findIndex(({ type }) => type === upTo),
  );
};

describe('a journal', () => {
  it.each(['ask', 'serve', 'eval'] as const)('of a finished %s is taken in and deleted', (door) => {
    const store = newStore();
    store.file('x.jsonl', text([start(door), ...runLines({ ...FIRST, origin: { door } }), END]));
    expect(store.take()).toEqual({ runs: 1, died: 0, unreadable: [], denied: [] });
    expect(store.left()).toEqual([]);
    expect(store.history().find(FIRST.id as string)).toMatchObject({ summary: { status: 'complete', door }, content: true });
    expect(store.take()).toEqual({ runs: 0, died: 0, unreadable: [], denied: [] });
  });

  it('of a run under way is left alone', () => {
    const store = newStore();
    store.file('x.jsonl', text([start('ask', ALIVE), ...runLines(FIRST)]));
    expect(store.take()).toEqual({ runs: 0, died: 0, unreadable: [], denied: [] });
    expect([store.left(), store.size()]).toEqual([['x.jsonl'], null]);
  });

  it('whose writer says that it is done is taken in', () => {
    const store = newStore();
    store.file('x.jsonl', text([start('ask', ALIVE), ...runLines(FIRST)]));
    expect(store.take({ mine: 'x.jsonl' })).toEqual({ runs: 1, died: 0, unreadable: [], denied: [] });
    expect(store.left()).toEqual([]);
  });

  it.each(['serve', 'eval'] as const)('of a %s at work gives its finished runs, each once, and stays', (door) => {
    const store = newStore();
    const lines = runLines(SECOND);
    store.file('serve-1.jsonl', text([start(door, ALIVE), ...runLines(FIRST), ...lines.slice(0, 3)]));
    expect(store.take()).toEqual({ runs: 1, died: 0, unreadable: [], denied: [] });
    expect(store.take()).toEqual({ runs: 0, died: 0, unreadable: [], denied: [] });
    appendFileSync(join(store.runs, 'serve-1.jsonl'), text(lines.slice(3)));
    expect(store.take()).toEqual({ runs: 1, died: 0, unreadable: [], denied: [] });
    expect(ids(store)).toEqual([SECOND.id, FIRST.id]);
    expect(store.left()).toEqual(['serve-1.jsonl']);
    appendFileSync(join(store.runs, 'serve-1.jsonl'), text([END]));
    expect(store.take()).toEqual({ runs: 0, died: 0, unreadable: [], denied: [] });
    expect(store.left()).toEqual([]);
    expect(store.open().prepare('SELECT * FROM journals').all()).toEqual([]);
  });

  it('is read on from the oldest run under way, not from its start', () => {
    const store = newStore();
    const begin = text([start('serve', ALIVE), ...runLines(FIRST)]);
    store.file('serve-1.jsonl', begin + text(runLines(SECOND).slice(0, 3)));
    store.take();
    expect(store.open().prepare('SELECT name, position FROM journals').all()).toEqual([
      { name: 'serve-1.jsonl', position: Buffer.byteLength(begin) },
    ]);
  });

  it('of many runs needs no more statements than one of a single run: they are freed late', () => {
    const prepared = (count: number) => {
      const store = newStore();
      const lines = Array.from({ length: count }, (_, n) => runLines({ id: `20260131-12000${n}-aaaaaa` })).flat();
      store.file('x.jsonl', text([start('serve'), ...lines, END]));
      const prepare = vi.spyOn(store.open(), 'prepare');
      expect(store.take()).toEqual({ runs: count, died: 0, unreadable: [], denied: [] });
      return prepare.mock.calls.length;
    };
    expect(prepared(8)).toBe(prepared(1));
  });

  it('may hold the lines of several runs mixed', () => {
    const store = newStore();
    const [first, second] = [runLines(FIRST), runLines(SECOND)];
    store.file('serve-1.jsonl', text([start('serve'), ...first.flatMap((line, i) => [line, second[i] as object])]));
    expect(store.take()).toMatchObject({ runs: 2, died: 0 });
    expect(store.history().find(FIRST.id as string).result.calls).toEqual([
      call(),
      call({ id: 'c1', kind: 'critic', model: 'anthropic/two' }),
    ]);
  });

  it.each([
    ['whole', ''],
    ['torn', '{"type":"call.delta","call_id":"c1","te'],
  ])('of a process that died, with its last line %s, gives what there is of its run', (_, tail) => {
    const store = newStore();
    const delta = { type: 'call.delta', call_id: 'c1', channel: 'text', text: 'becau', run_id: FIRST.id, t_ms: 33 };
    const answer = { type: 'answer.start', source: 'critic', model: 'anthropic/two', run_id: FIRST.id, t_ms: 31 };
    const before = broken(FIRST, 'outcome').filter(
      (line) => !('call' in line && line.type === 'call.end' && (line.call as { id: string }).id === 'c1'),
    );
    store.file('x.jsonl', text([start('ask'), ...before, answer, delta]) + tail);
    expect(store.take()).toEqual({ runs: 1, died: 1, unreadable: [], denied: [] });
    expect(store.left()).toEqual([]);
    const { result, summary } = store.history().find(FIRST.id as string);
    expect(result).toMatchObject({
      status: 'cancelled',
      answer: 'becau',
      answer_source: 'critic',
      cost_usd: 0.1,
      cost_source: 'partial',
      error: {
        code: 'cancelled',
        message: 'the journal ends before the run does',
        hint: 'mom ask --resume 20260131-120000-aaaaaa pays only for what is missing',
      },
      critic: { id: 'c1', status: 'cancelled', text: 'becau', cost_usd: null, cost_source: 'unknown' },
    });
    expect(result.proposals).toEqual([call()]);
    expect(summary).toMatchObject({ status: 'cancelled', error_code: 'cancelled', duration_ms: 33 });
    expect(store.history().costs('mixture', null)).toMatchObject([{ calls: 2, cost_usd: 0.1, unpriced_calls: 1 }]);
  });

  it('that knows the outcome but not the end of its run keeps the outcome', () => {
    const store = newStore();
    store.file('x.jsonl', text([start('ask'), ...broken(FIRST, 'run.end')]));
    expect(store.take()).toMatchObject({ runs: 1, died: 1 });
    expect(store.history().find(FIRST.id as string).result).toMatchObject({
      status: 'complete',
      answer: 'because',
      cost_usd: 0.2,
      error: null,
    });
  });

  it('of a run in the sandbox that died says how to go on there; where texts are not kept nothing can', () => {
    const store = newStore();
    store.file('a.jsonl', text([start('ask'), ...broken({ ...FIRST, origin: { sandbox: true } }, 'outcome')]));
    store.file('b.jsonl', text([start('ask'), ...broken({ ...SECOND, content: false }, 'outcome')]));
    expect(store.take()).toMatchObject({ runs: 2, died: 2 });
    const hint = (id: string | undefined) => store.history().find(id as string).result.error?.hint;
    expect(hint(FIRST.id)).toBe('mom ask --sandbox --resume 20260131-120000-aaaaaa pays only for what is missing');
    expect(hint(SECOND.id)).toBeNull();
  });

  it('of another machine waits for a day', () => {
    const store = newStore();
    const content = text([start('ask', ELSEWHERE), ...broken(FIRST, 'outcome')]);
    store.file('x.jsonl', content, DAY - 60_000);
    expect(store.take()).toMatchObject({ runs: 0 });
    store.file('x.jsonl', content, DAY + 60_000);
    expect(store.take()).toMatchObject({ runs: 1, died: 1 });
    expect(store.left()).toEqual([]);
  });

  it('of a server on another machine is never taken away from it while it may live', () => {
    const store = newStore();
    const content = text([start('serve', ELSEWHERE), ...runLines(FIRST), ...broken(SECOND, 'outcome')]);
    store.file('x.jsonl', content);
    expect(store.take()).toMatchObject({ runs: 1, died: 0 });
    store.file('x.jsonl', content, 2 * DAY);
    expect(store.take()).toMatchObject({ runs: 1, died: 1 });
    expect(store.left()).toEqual(['x.jsonl']);
    store.file('x.jsonl', content, 31 * DAY);
    expect(store.take()).toMatchObject({ runs: 0, died: 0 });
    expect(store.left()).toEqual([]);
  });

  it.skipIf(process.platform !== 'linux')('of a process whose number another one has now is that of a dead one', () => {
    const store = newStore();
    store.file('x.jsonl', text([start('ask', { ...ALIVE, process_start: '1' }), ...broken(FIRST, 'outcome')]));
    expect(store.take()).toMatchObject({ runs: 1, died: 1 });
  });

  it('of a version before there was a history is read, and so is one that it left behind', () => {
    const store = newStore();
    const former = (told: Told) => runLines(told).slice(1) as { type: string }[];
    store.file(`${FIRST.id}.jsonl`, text(former(FIRST)));
    store.file(`${SECOND.id}.jsonl`, text(former({ ...SECOND, calls: [{ resolved_model: 'simulated/openai/one' }] }).slice(0, -2)));
    expect(store.take()).toEqual({ runs: 1, died: 0, unreadable: [], denied: [] });
    expect(store.left()).toEqual([`${SECOND.id}.jsonl`]);
    store.file(
      `${SECOND.id}.jsonl`,
      text(former({ ...SECOND, calls: [{ resolved_model: 'simulated/openai/one' }] }).slice(0, -2)),
      2 * DAY,
    );
    expect(store.take()).toEqual({ runs: 1, died: 1, unreadable: [], denied: [] });
    const [second, first] = store.history().list({}, 10);
    expect([first?.sandbox, second?.sandbox, second?.conversation]).toEqual([false, true, SECOND.id]);
  });

  it('with events that nobody knows is read without them', () => {
    const store = newStore();
    const [origin, ...events] = runLines(FIRST);
    const odd = [{ type: 'call.dreamt', run_id: FIRST.id, t_ms: 3, call: 5 }, { type: 'call.end', run_id: FIRST.id }, { nothing: 1 }];
    store.file('x.jsonl', text([start('ask'), origin as object, ...events.slice(0, 1), ...odd, ...events.slice(1), END]));
    expect(store.take()).toEqual({ runs: 1, died: 0, unreadable: [], denied: [] });
    expect(store.left()).toEqual([]);
  });

  it('of a newer mom waits for that one', () => {
    const store = newStore();
    store.file('x.jsonl', text([{ ...start('ask'), format: 2 }, ...runLines(FIRST), END]), 99 * DAY);
    expect(store.take()).toEqual({ runs: 0, died: 0, unreadable: [], denied: [] });
    expect(store.left()).toEqual(['x.jsonl']);
  });

  it('without a run goes, and an empty one when it is old enough', () => {
    const store = newStore();
    store.file('a.jsonl', text([start('serve'), END]));
    store.file('b.jsonl', text([start('ask'), runLines(FIRST)[0] as object]));
    store.file('c.jsonl', '');
    store.file('d.jsonl', '', 2 * DAY);
    expect(store.take()).toEqual({ runs: 0, died: 0, unreadable: [], denied: [] });
    expect(store.left()).toEqual(['c.jsonl']);
  });

  it.each<[string, string | Uint8Array]>([
    ['binary rubbish', Uint8Array.from({ length: 5_000 }, (_, i) => (i * 37) % 251)],
    ['zeros, as a power cut leaves them', new Uint8Array(4_096)],
    ['a run without its beginning', text([start('ask'), ...runLines(FIRST).slice(2), END])],
    ['JSON that is something else', '{"a":1}\n[1]\n'],
  ])('that holds %s is set aside and named once', (_, content) => {
    const store = newStore();
    store.file('x.jsonl', content, 2 * 60_000);
    const aside = join(store.runs, 'x.jsonl.unreadable');
    expect(store.take()).toEqual({ runs: 0, died: 0, unreadable: [aside], denied: [] });
    expect(store.take()).toEqual({ runs: 0, died: 0, unreadable: [], denied: [] });
    expect(store.left()).toEqual(['x.jsonl.unreadable']);
  });

  it('with a run of another shape is set aside, once the others in it are taken in', () => {
    const store = newStore();
    const odd = JSON.parse(text(runLines(SECOND).slice(-1))) as { result: { calls: { model: unknown; cost_usd: unknown }[] } };
    for (const call of odd.result.calls) call.model = null;
    const later = { id: '20260131-120002-cccccc', at: '2026-01-31T12:00:02.000Z' };
    store.file('x.jsonl', text([start('serve'), ...runLines(FIRST), ...runLines(SECOND).slice(0, -1), odd, ...runLines(later), END]));
    expect(store.take()).toEqual({ runs: 2, died: 0, unreadable: [join(store.runs, 'x.jsonl.unreadable')], denied: [] });
    expect(ids(store)).toEqual([later.id, FIRST.id]);
    expect(store.history().costs('mixture', null)).toMatchObject([{ runs: 2, calls: 4 }]);
  });

  it('that is too long for now waits, unless it is the one that was asked for', () => {
    const store = newStore();
    const content = text([start('ask'), ...runLines(FIRST), END]);
    store.file('x.jsonl', content);
    expect(store.take({ limit: { files: 1, bytes: content.length - 1 } })).toMatchObject({ runs: 0 });
    expect(store.take({ limit: { files: 1, bytes: content.length - 1 }, mine: 'x.jsonl' })).toMatchObject({ runs: 1 });
  });

  it('stays when its runs can not be written', () => {
    const store = newStore();
    store.file('x.jsonl', text([start('ask'), ...runLines(FIRST), END]));
    store.open().exec('DROP TABLE records');
    expect(() => store.take()).toThrow('no such table: records');
    expect([store.left(), ids(store)]).toEqual([['x.jsonl'], []]);
  });

  it('stays while the disk is full, and is taken in when there is room', () => {
    const store = newStore();
    store.file('x.jsonl', text([start('ask'), ...runLines({ ...FIRST, question: 'long '.repeat(50_000) }), END]));
    const pages = (store.open().pragma('page_count') as { page_count: number }[])[0]?.page_count ?? 0;
    store.open().exec(`PRAGMA max_page_count = ${pages + 10}`);
    expect(() => store.take()).toThrow(expect.objectContaining({ code: 'SQLITE_FULL' }));
    expect([store.left(), ids(store)]).toEqual([['x.jsonl'], []]);
    store.open().exec('PRAGMA max_page_count = 1000000');
    expect(store.take()).toMatchObject({ runs: 1 });
    expect(store.left()).toEqual([]);
  });

  it('is taken in once, however many processes try', async () => {
    const store = newStore();
    store.open();
    for (let i = 0; i < 40; i++) store.file(`${i}.jsonl`, text([start('ask'), ...runLines({ id: `20260131-120000-${i}` }), END]));
    const run = await program(`
      import Libsql from 'libsql';
      import { importFolder } from './src/store/history/import.js';
      import { openMomDb } from './src/store/mom-db.js';
      const [path, dir] = process.argv.slice(2);
      const database = openMomDb(Libsql, path, 10_000);
      process.stdin.once('data', () => {
        const { runs, unreadable } = importFolder({ dir, open: () => database, clock: () => new Date(), limit: { files: 99, bytes: Infinity } });
        console.log(JSON.stringify([runs, unreadable]));
        process.stdin.unref();
      });
      console.log('ready');`);
    const running = Array.from({ length: 4 }, () => run(store.path, store.runs));
    await Promise.all(running.map(({ child }) => new Promise((resolve) => child.stdout?.once('data', resolve))));
    for (const { child } of running) child.stdin?.write('go');
    const told = (await Promise.all(running.map(({ done }) => done))).map((out) => JSON.parse(out.slice('ready\n'.length)));
    expect(told.map(([, unreadable]) => unreadable)).toEqual([[], [], [], []]);
    expect(told.reduce((sum, [runs]) => sum + runs, 0)).toBe(40);
    expect([ids(store).length, store.left()]).toEqual([40, []]);
  });
});

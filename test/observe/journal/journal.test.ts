import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { MomError } from '../../../src/core/error.js';
import type { RunEvent } from '../../../src/core/event.js';
import type { JournalLine } from '../../../src/core/journal-line.js';
import { createJournal } from '../../../src/observe/journal/journal.js';
import { callRecord, events, ORIGIN, RUN_ID } from '../sample-run.js';

const disk = vi.hoisted(() => ({ full: false, writes: 0 }));
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  const writeSync = ((...args: Parameters<typeof fs.writeSync>) => {
    if (disk.full) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    disk.writes += 1;
    return fs.writeSync(...args);
  }) as typeof fs.writeSync;
  return { ...fs, writeSync };
});

let dir: string;
const errors: MomError[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'mom-journal-'));
  errors.length = 0;
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  disk.full = false;
  disk.writes = 0;
  rmSync(dir, { recursive: true, force: true });
});

function journal(folder = join(dir, 'runs'), secrets: string[] = []) {
  return createJournal({ dir: folder, runId: RUN_ID, origin: ORIGIN, secrets, onError: (error) => errors.push(error) });
}

function allLines(path: string): JournalLine[] {
  return readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as JournalLine);
}

/** The events among the lines. */
function lines(path: string): RunEvent[] {
  return allLines(path).filter((line): line is RunEvent => 't_ms' in line);
}

describe('createJournal', () => {
  it('writes every event of a run, deltas of one call joined, and each text once', () => {
    const sink = journal();
    for (const event of events()) sink.handle(event);
    sink.close?.();
    expect(sink.path).toBe(join(dir, 'runs', 'run-1.jsonl'));
    const written = lines(sink.path);
    const types = events()
      .map((event) => event.type)
      .filter((type) => type !== 'answer.delta' && type !== 'call.delta');
    expect(written.map((event) => event.type).filter((type) => type !== 'call.delta')).toEqual(types);
    const deltas = written.flatMap((event) => (event.type === 'call.delta' ? [[event.call_id, event.channel, event.text]] : []));
    expect(deltas).toEqual([
      ['p1', 'reasoning', 'Hm. '],
      ['p2', 'text', 'It is '],
    ]);
    expect(errors).toEqual([]);
  });

  it('does not alter the events it was given', () => {
    const list = events();
    const before = JSON.stringify(list);
    const sink = journal();
    for (const event of list) sink.handle(event);
    sink.close?.();
    expect(JSON.stringify(list)).toBe(before);
  });

  it('says first who writes and where the run comes from, and last that nothing more will come', () => {
    const sink = journal();
    sink.handle(events()[0] as RunEvent);
    vi.advanceTimersByTime(50);
    const stat = existsSync('/proc/self/stat') ? readFileSync('/proc/self/stat', 'latin1').split(') ')[1] : undefined;
    const first = [
      {
        type: 'journal.start',
        format: 1,
        mom: MOM_VERSION,
        door: 'ask',
        pid: process.pid,
        process_start: stat?.split(' ')[19] ?? null,
        host: hostname(),
      },
      { type: 'run.origin', run_id: RUN_ID, origin: ORIGIN, content: true },
    ];
    expect(allLines(sink.path).slice(0, -1)).toEqual(first);
    for (const event of events().slice(1)) sink.handle(event);
    expect(allLines(sink.path).at(-1)).toMatchObject({ type: 'run.end' });
    sink.close?.();
    expect(allLines(sink.path).slice(0, 2)).toEqual(first);
    expect(allLines(sink.path).at(-1)).toEqual({ type: 'journal.end' });
  });

  it('keeps the text of a call that was written before its end', () => {
    const sink = journal();
    sink.handle({ type: 'call.delta', call_id: 'p1', channel: 'text', text: 'It ', run_id: RUN_ID, t_ms: 1 });
    vi.advanceTimersByTime(50);
    sink.handle({ type: 'call.delta', call_id: 'p1', channel: 'text', text: 'is 42.', run_id: RUN_ID, t_ms: 2 });
    sink.handle({ type: 'call.end', call: callRecord(), run_id: RUN_ID, t_ms: 3 });
    sink.close?.();
    expect(lines(sink.path).map((event) => (event.type === 'call.delta' ? event.text : event.type))).toEqual(['It ', 'call.end']);
  });

  it('touches no file before the requests have left', () => {
    const sink = journal();
    const [start, route] = events();
    sink.handle(start as RunEvent);
    sink.handle(route as RunEvent);
    expect(existsSync(join(dir, 'runs'))).toBe(false);
    vi.advanceTimersByTime(50);
    expect(lines(sink.path).map((event) => event.type)).toEqual(['run.start', 'route']);
    sink.close?.();
  });

  it('has a finished call in the file before handle returns', () => {
    const sink = journal();
    sink.handle(events()[0] as RunEvent);
    sink.handle({ type: 'call.end', call: callRecord(), run_id: RUN_ID, t_ms: 1 });
    expect(lines(sink.path).map((event) => event.type)).toEqual(['run.start', 'call.end']);
    sink.close?.();
  });

  it('writes what is due as one: a write for each call that ends, one for the end of the run and one for the last line', () => {
    const sink = journal();
    const list = events();
    for (const event of list) sink.handle(event);
    sink.close?.();
    const ends = list.filter(({ type }) => type === 'call.end' || type === 'call.billed' || type === 'run.end');
    expect(disk.writes).toBe(ends.length + 1);
  });

  it('takes a text for no error, whatever it says of errors', () => {
    const sink = journal();
    const text = 'The body was {"error":{"message":"Bearer abcdefgh"},"warnings":[{"code":"x"}]}.';
    sink.handle({ type: 'call.end', call: { ...callRecord(), text }, run_id: RUN_ID, t_ms: 1 });
    sink.close?.();
    expect(lines(sink.path)).toMatchObject([{ call: { text } }]);
  });

  it('has the text of a running call in the file half a second later', () => {
    const sink = journal();
    sink.handle(events()[0] as RunEvent);
    vi.advanceTimersByTime(50);
    for (const text of ['a', 'b', 'c']) sink.handle({ type: 'call.delta', call_id: 'p1', channel: 'text', text, run_id: RUN_ID, t_ms: 60 });
    expect(lines(sink.path)).toHaveLength(1);
    vi.advanceTimersByTime(500);
    expect(lines(sink.path).at(-1)).toMatchObject({ type: 'call.delta', text: 'abc' });
    sink.close?.();
  });

  it('makes a 0700 folder and a 0600 file, and closes a folder that is open to others', () => {
    const folder = join(dir, 'runs');
    mkdirSync(folder);
    chmodSync(folder, 0o755);
    const sink = journal(folder);
    sink.handle(events()[0] as RunEvent);
    sink.close?.();
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(sink.path).mode & 0o777).toBe(0o600);
  });

  it('never writes through a link that somebody put in its place', () => {
    const folder = join(dir, 'runs');
    mkdirSync(folder);
    writeFileSync(join(dir, 'victim'), 'mine');
    symlinkSync(join(dir, 'victim'), join(folder, 'run-1.jsonl'));
    const sink = journal(folder);
    for (const event of events()) sink.handle(event);
    sink.close?.();
    expect(readFileSync(join(dir, 'victim'), 'utf8')).toBe('mine');
    expect(errors).toHaveLength(1);
  });

  it('leaves no file when there was no event', () => {
    journal().close?.();
    expect(readdirSync(dir)).toEqual([]);
  });

  it('says once that the disk is full and lets the run go on', () => {
    const sink = journal();
    sink.handle(events()[0] as RunEvent);
    disk.full = true;
    for (const event of events().slice(1)) sink.handle(event);
    sink.close?.();
    expect(errors.map((error) => [error.code, error.message])).toEqual([
      ['output_failed', `the journal ${sink.path} could not be written: ENOSPC: no space left on device, write`],
    ]);
  });

  it('says once that its folder cannot be made', () => {
    writeFileSync(join(dir, 'runs'), 'a file');
    const sink = journal(join(dir, 'runs', 'below'));
    for (const event of events()) sink.handle(event);
    sink.close?.();
    expect(errors).toHaveLength(1);
    expect(errors[0]?.message).toContain('could not be written: ENOTDIR');
  });

  it('keeps the conversation to the letter but for the keys in use; errors lose what looks like a key', () => {
    const sink = journal(join(dir, 'runs'), ['topsecret"123', 'ollama']);
    const start = events()[0] as Extract<RunEvent, { type: 'run.start' }>;
    const text = 'use sk-test-0123456789abcdef01 and topsecret"123 with ollama';
    sink.handle({ ...start, messages: [{ role: 'user', content: text }] });
    for (const event of events().slice(1)) sink.handle(event);
    sink.close?.();
    const written = lines(sink.path);
    expect(written[0]).toMatchObject({ messages: [{ content: 'use sk-test-0123456789abcdef01 and [redacted] with ollama' }] });
    expect(written.find((event) => event.type === 'call.restart')).toMatchObject({
      error: { message: 'other/two: 429 for key [redacted]' },
    });
  });
});

describe('a process that dies', () => {
  it('by exit: keeps everything; by SIGKILL: all but the last half second', async () => {
    vi.useRealTimers();
    const script = join(dir, 'victim.cjs');
    const source = `
      import type { JournalLine } from '../../../src/core/journal-line.js';
import { createJournal } from './src/observe/journal/journal.js';
      const [dir, runId, how] = process.argv.slice(2);
      const sink = createJournal({ dir, runId, origin: { door: 'ask' }, onError: (error) => { throw error; } });
      let n = 0;
      const tell = (text) => sink.handle({ type: 'call.delta', call_id: 'p1', channel: 'text', text, run_id: runId, t_ms: n++ });
      if (how === 'exit') { tell('before exit'); process.exit(0); }
      else setInterval(() => tell('.'), 20);
    `;
    buildSync({
      stdin: { contents: source, resolveDir: process.cwd(), loader: 'ts' },
      bundle: true,
      platform: 'node',
      define: { MOM_VERSION: JSON.stringify(MOM_VERSION) },
      format: 'cjs',
      outfile: script,
    });
    const exits = spawn(process.execPath, [script, dir, 'exits', 'exit']);
    await new Promise((resolve) => exits.on('close', resolve));
    expect(lines(join(dir, 'exits.jsonl'))).toMatchObject([{ text: 'before exit' }]);

    const killed = spawn(process.execPath, [script, dir, 'killed', 'kill']);
    const path = join(dir, 'killed.jsonl');
    await vi.waitUntil(() => existsSync(path) && lines(path).length >= 2, { timeout: 10_000, interval: 20 });
    killed.kill('SIGKILL');
    await new Promise((resolve) => killed.on('close', resolve));
    const text = lines(path)
      .map((event) => (event.type === 'call.delta' ? event.text : ''))
      .join('');
    expect(text.length).toBeGreaterThanOrEqual(2);
  });
});

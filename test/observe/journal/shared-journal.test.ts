import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { MomError } from '../../../src/core/error.js';
import type { RunEvent } from '../../../src/core/event.js';
import type { JournalLine } from '../../../src/core/journal-line.js';
import { createSharedJournal } from '../../../src/observe/journal/shared-journal.js';
import { createRedactor } from '../../../src/observe/redact.js';
import { events, ORIGIN } from '../sample-run.js';

const disk = vi.hoisted(() => ({ full: false, writes: 0, opened: 0 }));
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  const writeSync = ((...args: Parameters<typeof fs.writeSync>) => {
    if (disk.full) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    disk.writes += 1;
    return fs.writeSync(...args);
  }) as typeof fs.writeSync;
  const openSync = ((...args: Parameters<typeof fs.openSync>) => {
    disk.opened += 1;
    return fs.openSync(...args);
  }) as typeof fs.openSync;
  return { ...fs, writeSync, openSync };
});

let dir: string;
let news: number;
const errors: MomError[] = [];
const STYLE = { redactor: createRedactor(['topsecret123']), content: true };

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'mom-shared-'));
  news = 0;
  errors.length = 0;
  Object.assign(disk, { full: false, writes: 0, opened: 0 });
  vi.useFakeTimers();
  vi.setSystemTime(new Date('2026-01-31T08:15:00.123Z'));
});

afterEach(() => {
  vi.useRealTimers();
  rmSync(dir, { recursive: true, force: true });
});

function shared(folder = join(dir, 'runs')) {
  return createSharedJournal({ dir: folder, door: 'serve', onError: (error) => errors.push(error), onNews: () => (news += 1) });
}

function files(): string[] {
  return existsSync(join(dir, 'runs')) ? readdirSync(join(dir, 'runs')).sort() : [];
}

function lines(name = files()[0] as string): JournalLine[] {
  return readFileSync(join(dir, 'runs', name), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as JournalLine);
}

function isWhole(name?: string): boolean {
  return lines(name).at(-1)?.type === 'journal.end';
}

function eventsOf(runId: string): RunEvent[] {
  return events().map((event) => ({ ...event, run_id: runId }));
}

/** A run's sink; the run's events, one at a time. */
function run(journal: ReturnType<typeof shared>, id: string, style = STYLE) {
  const sink = journal.ofRun(id, { ...ORIGIN, door: 'serve', client: 'laptop', conversation: id }, style);
  const list = eventsOf(id);
  return {
    sink,
    list,
    whole() {
      for (const event of list) sink.handle(event);
      sink.close?.();
    },
  };
}

describe('the journal of many runs', () => {
  it('is one file of the process, written at most twice a second', () => {
    const journal = shared();
    const runs = ['a', 'b', 'c'].map((id) => run(journal, id));
    const [{ list }] = runs as [(typeof runs)[number]];
    for (let i = 0; i < list.length; i++) for (const each of runs) each.sink.handle(each.list[i] as RunEvent);
    expect(files()).toEqual([]);
    vi.advanceTimersByTime(500);
    for (const each of runs) each.sink.close?.();
    vi.advanceTimersByTime(2_000);
    expect(files()).toEqual([`serve-20260131T081500123Z-${process.pid}.jsonl`]);
    expect(disk).toMatchObject({ opened: 1, writes: 2 });
    expect(statSync(join(dir, 'runs')).mode & 0o777).toBe(0o700);
    expect(statSync(join(dir, 'runs', files()[0] as string)).mode & 0o777).toBe(0o600);
  });

  it('keeps every run apart: its origin, then its events in order', () => {
    const journal = shared();
    const [a, b] = [run(journal, 'a'), run(journal, 'b')];
    a.sink.handle(a.list[0] as RunEvent);
    b.whole();
    vi.advanceTimersByTime(500);
    for (const event of a.list.slice(1)) a.sink.handle(event);
    a.sink.close?.();
    vi.advanceTimersByTime(2_000);
    const all = lines();
    expect(all[0]).toMatchObject({ type: 'journal.start', format: 1, door: 'serve', pid: process.pid });
    expect(all.at(-1)).toEqual({ type: 'journal.end' });
    for (const id of ['a', 'b']) {
      const own = all.filter((line) => 'run_id' in line && line.run_id === id);
      expect(own[0]).toMatchObject({ type: 'run.origin', origin: { door: 'serve', client: 'laptop', conversation: id }, content: true });
      const kept = eventsOf(id).filter(({ type }) => type !== 'answer.delta' && type !== 'call.delta');
      expect(own.slice(1).filter(({ type }) => type !== 'call.delta')).toEqual(
        kept.map((event) => (event.type === 'call.restart' ? expect.objectContaining({ type: 'call.restart' }) : event)),
      );
    }
  });

  it('is closed two seconds after its last run, and the next run begins another', () => {
    const journal = shared();
    run(journal, 'a').whole();
    vi.advanceTimersByTime(1_999);
    run(journal, 'b').whole();
    vi.advanceTimersByTime(1_999);
    expect(isWhole()).toBe(false);
    vi.advanceTimersByTime(1);
    expect(isWhole()).toBe(true);
    run(journal, 'c').whole();
    vi.advanceTimersByTime(2_000);
    expect(files().map((name) => lines(name).filter(({ type }) => type === 'run.end').length)).toEqual([2, 1]);
  });

  it('takes no new run after 20 seconds, and is closed when its last one ends', () => {
    const journal = shared();
    const long = run(journal, 'long');
    long.sink.handle(long.list[0] as RunEvent);
    vi.advanceTimersByTime(20_001);
    run(journal, 'next').whole();
    vi.advanceTimersByTime(2_000);
    expect(files().map(isWhole)).toEqual([false, true]);
    for (const event of long.list.slice(1)) long.sink.handle(event);
    long.sink.close?.();
    expect(files().map(isWhole)).toEqual([true, true]);
  });

  it('holds back no more than 64 thousand characters of runs that are over', () => {
    const journal = shared();
    const big = run(journal, 'big');
    const [start] = big.list as [Extract<RunEvent, { type: 'run.start' }>];
    big.sink.handle({ ...start, messages: [{ role: 'user', content: 'x'.repeat(65 * 1024) }] });
    expect(disk.writes).toBe(0);
    big.sink.close?.();
    expect(disk.writes).toBe(1);
  });

  it('takes no new run when it is long', () => {
    const journal = shared();
    const big = run(journal, 'big');
    const [start] = big.list as [Extract<RunEvent, { type: 'run.start' }>];
    big.sink.handle({ ...start, messages: [{ role: 'user', content: 'x'.repeat(17 * 1024 * 1024) }] });
    vi.advanceTimersByTime(500);
    run(journal, 'next').whole();
    vi.advanceTimersByTime(500);
    expect(files()).toHaveLength(2);
  });

  it('at its end closes what is whole; a run under way is written out, and its file stays open', () => {
    const journal = shared();
    const open = run(journal, 'open');
    open.sink.handle(open.list[0] as RunEvent);
    journal.close();
    expect(lines().map(({ type }) => type)).toEqual(['journal.start', 'run.origin', 'run.start']);
    vi.advanceTimersByTime(1);
    run(journal, 'late').whole();
    journal.close();
    expect(files().map(isWhole)).toEqual([false, true]);
  });

  it('leaves out texts of one run and not of another, as the configuration was when they began', () => {
    const journal = shared();
    run(journal, 'full').whole();
    run(journal, 'numbers', { ...STYLE, content: false }).whole();
    vi.advanceTimersByTime(2_000);
    const own = (id: string) => JSON.stringify(lines().filter((line) => 'run_id' in line && line.run_id === id));
    expect(own('full')).toContain('What is it?');
    expect(own('numbers')).not.toContain('What is it?');
    expect(own('numbers')).toContain('"content":false');
  });

  it('never holds a key in use', () => {
    const journal = shared();
    const own = run(journal, 'a');
    own.sink.handle({ type: 'call.delta', call_id: 'p1', channel: 'text', text: 'it is topsecret123', run_id: 'a', t_ms: 1 });
    vi.advanceTimersByTime(500);
    expect(lines().at(-1)).toMatchObject({ text: 'it is [redacted]' });
    own.sink.close?.();
    journal.close();
  });

  it('that can not be written is told once; the runs go on, and the next one tries another file', () => {
    const journal = shared();
    const first = run(journal, 'a');
    first.sink.handle(first.list[0] as RunEvent);
    disk.full = true;
    vi.advanceTimersByTime(500);
    for (const event of first.list.slice(1)) first.sink.handle(event);
    first.sink.close?.();
    vi.advanceTimersByTime(10_000);
    expect(errors.map(({ code, message }) => [code, message])).toEqual([
      [
        'output_failed',
        `the journal ${join(dir, 'runs', files()[0] as string)} could not be written: ENOSPC: no space left on device, write`,
      ],
    ]);
    disk.full = false;
    run(journal, 'b').whole();
    vi.advanceTimersByTime(2_000);
    expect(lines(files()[1]).filter((line) => 'run_id' in line && line.run_id === 'b')).not.toEqual([]);
  });

  it('whose folder can not be made is told for every file', () => {
    writeFileSync(join(dir, 'runs'), 'a file');
    const journal = shared(join(dir, 'runs', 'below'));
    run(journal, 'a').whole();
    vi.advanceTimersByTime(2_000);
    expect(errors).toHaveLength(1);
    expect(errors[0]?.message).toContain('could not be written: ENOTDIR');
  });

  it('makes no file where there was no run', () => {
    const journal = shared();
    journal.ofRun('a', ORIGIN, STYLE).close?.();
    journal.close();
    expect(files()).toEqual([]);
    expect(news).toBe(0);
  });

  it('says when a run is over, and when a file is whole', () => {
    const journal = shared();
    run(journal, 'a').whole();
    expect(news).toBe(1);
    run(journal, 'b').whole();
    expect(news).toBe(2);
    vi.advanceTimersByTime(2_000);
    expect(news).toBe(3);
  });
});

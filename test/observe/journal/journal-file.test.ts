import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createJournalFile } from '../../../src/observe/journal/journal-file.js';

type Done = (error: NodeJS.ErrnoException | null) => void;

/** What the disk was asked and has not answered, and what was closed; a descriptor of the file is `file`. */
const disk = vi.hoisted(() => ({ asked: [] as { what: string; fd: number; done: Done }[], closed: [] as number[] }));
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  const ask = (what: string) => (fd: number, done: Done) => void disk.asked.push({ what, fd, done });
  const closeSync = (fd: number) => {
    disk.closed.push(fd);
    fs.closeSync(fd);
  };
  const open = (path: string, flags: string, done: (error: null, fd: number) => void) => done(null, fs.openSync(path, flags));
  const close = (fd: number, done: () => void) => {
    fs.closeSync(fd);
    done();
  };
  return { ...fs, fdatasync: ask('file'), fsync: ask('folder'), closeSync, open, close };
});

let dir: string;
const errors: string[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'mom-journal-file-'));
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  disk.asked.length = 0;
  disk.closed.length = 0;
  errors.length = 0;
  rmSync(dir, { recursive: true, force: true });
});

function file(beforeSync = () => {}) {
  return createJournalFile({ path: join(dir, 'runs', 'a.jsonl'), beforeSync, onError: (error) => errors.push(String(error.code)) });
}

/** The disk answers the oldest question. @returns what it was */
function answer(error: string | null = null): string | undefined {
  const oldest = disk.asked.shift();
  oldest?.done(error === null ? null : Object.assign(new Error(error), { code: error }));
  return oldest?.what;
}

describe('a journal file', () => {
  it('is kept by the disk half a second after it was begun, and its folder once', () => {
    const own = file();
    own.write('one\n');
    vi.advanceTimersByTime(499);
    expect(disk.asked).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(disk.asked.map(({ what }) => what)).toEqual(['file']);
    expect(answer()).toBe('file');
    expect(answer()).toBe('folder');
    own.write('two\n');
    vi.advanceTimersByTime(500);
    expect(answer()).toBe('file');
    expect(disk.asked).toEqual([]);
    own.close();
  });

  it('asks for what is gathered too, and for nothing when nothing is new', () => {
    let gathered = 'gathered\n';
    const own = file(() => {
      if (gathered !== '') own.write(gathered);
      gathered = '';
    });
    own.write('one\n');
    vi.advanceTimersByTime(500);
    expect(disk.asked).toHaveLength(1);
    expect(readFileSync(join(dir, 'runs', 'a.jsonl'), 'utf8')).toBe('one\ngathered\n');
    answer();
    answer();
    vi.advanceTimersByTime(10_000);
    expect(disk.asked).toEqual([]);
    own.close();
  });

  it('never asks twice at once, however long the disk takes, and then at once for what came meanwhile', () => {
    const own = file(() => own.write('gathered'));
    own.write('one\n');
    vi.advanceTimersByTime(500);
    for (let i = 0; i < 10; i++) {
      own.write('more\n');
      vi.advanceTimersByTime(500);
    }
    expect(disk.asked).toHaveLength(1);
    answer();
    answer();
    vi.advanceTimersByTime(0);
    expect(disk.asked).toHaveLength(1);
    own.close();
  });

  it('asks at most twice a second, however often it is written', () => {
    const own = file(() => own.write('gathered'));
    let asked = 0;
    for (let ms = 0; ms < 5_000; ms += 10) {
      own.write('.');
      vi.advanceTimersByTime(10);
      expect(disk.asked.length).toBeLessThanOrEqual(1);
      while (disk.asked.length > 0) if (answer() === 'file') asked += 1;
    }
    expect(asked).toBe(10);
    own.close();
  });

  it('that is over waits for nothing, and is closed when the disk has answered', () => {
    const own = file();
    own.write('one\n');
    vi.advanceTimersByTime(500);
    own.write('two\n');
    own.close();
    expect(disk.closed).toEqual([]);
    answer();
    answer();
    expect(disk.closed).toHaveLength(1);
    vi.advanceTimersByTime(10_000);
    expect(disk.asked).toEqual([]);
  });

  it('that must be kept is asked for once more at its end', () => {
    const own = file();
    own.write('one\n');
    own.close({ keeps: true });
    expect(disk.closed).toEqual([]);
    expect(answer()).toBe('file');
    expect(answer()).toBe('folder');
    expect(disk.closed).toHaveLength(1);
  });

  it.each([
    ['EIO', ['EIO']],
    ['ENOSPC', ['ENOSPC']],
    ['EINVAL', []],
    ['ENOTSUP', []],
  ])('%s from the disk: told is %j', (code, told) => {
    const own = file();
    own.write('one\n');
    vi.advanceTimersByTime(500);
    answer(code);
    expect(errors).toEqual(told);
    own.close();
  });
});

import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Libsql from 'libsql';
import { describe, expect, it, onTestFinished } from 'vitest';
import { importJournals, keepRun, openHistory, readHistory, storeHealth } from '../../src/app/history.js';
import type { History } from '../../src/core/history.js';
import { ALIVE, END, runLines, start, type Told, text } from '../store/history/support.js';
import { newFolder, notebook, program } from '../store/support.js';

function setUp() {
  const state = newFolder();
  const dir = join(state, 'mom');
  const path = join(dir, 'mom.db');
  const runs = join(dir, 'runs');
  mkdirSync(runs, { recursive: true });
  const { notes, onNote } = notebook();
  const place = { env: { XDG_STATE_HOME: state }, home: '/nowhere', onNote };
  const journal = (told: Told & { id: string }) => {
    const file = join(runs, `${told.id}.jsonl`);
    writeFileSync(file, text([start('ask'), ...runLines(told), END]));
    return file;
  };
  const open = async () => {
    const history = await openHistory(place);
    onTestFinished(() => history.close());
    return history;
  };
  const keep = async (id: string) => {
    expect(await keepRun(place, journal({ id }))).toBeNull();
  };
  return { state, dir, path, runs, notes, place, journal, open, keep };
}

/** Takes in what waits, in a process of its own, which may be killed right then. */
const IMPORT = `
  import { importJournals } from './src/app/history.js';
  const place = { env: { XDG_STATE_HOME: process.argv[2] }, home: '/nowhere', onNote: () => {} };
  importJournals(place).catch((error) => console.log(error.code + '|' + error.message + '|' + error.hint))
    .then(() => process.argv[3] === 'die' && process.kill(process.pid, 'SIGKILL'));`;

const ids = (history: History) => history.list({}, 99).map(({ id }) => id);
const waiting = (runs: string) => readdirSync(runs).sort();

/** Another user of the file, in this process: locks are between connections. */
function other(path: string) {
  const database = new Libsql(path, { timeout: 0 });
  onTestFinished(() => {
    database.close();
  });
  return database;
}

describe('the history', () => {
  it('is made when there is something to keep', async () => {
    const { open, place, path, runs } = setUp();
    rmSync(runs, { recursive: true });
    expect(ids(await open())).toEqual([]);
    expect(ids(await readHistory(place))).toEqual([]);
    expect(await importJournals(place)).toEqual({ runs: 0, died: 0, unreadable: [], denied: [] });
    expect(await storeHealth(place)).toEqual({ path, size: null, runs: 0, journals: 0, trouble: null });
    expect(existsSync(path)).toBe(false);
  });

  it('is 0600 in a folder that is 0700', async () => {
    const { keep, path, dir } = setUp();
    chmodSync(dir, 0o755);
    await keep('a');
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(dir).filter((file) => file.startsWith('mom.db')))
      expect(statSync(join(dir, name)).mode & 0o777, name).toBe(0o600);
    expect(existsSync(path)).toBe(true);
  });

  it('takes in what waits when it is opened, and is read as it is for completion', async () => {
    const { journal, open, place, keep, runs } = setUp();
    await keep('a');
    journal({ id: 'b' });
    const completion = await readHistory(place);
    expect(ids(completion)).toEqual(['a']);
    completion.close();
    expect(ids(await open())).toEqual(['b', 'a']);
    expect(waiting(runs)).toEqual([]);
  });

  it('tells of a journal that nobody can read', async () => {
    const { open, runs, notes } = setUp();
    writeFileSync(join(runs, 'x.jsonl'), text([start('ask'), ...runLines().slice(2), END]));
    await open();
    await open();
    const aside = join(runs, 'x.jsonl.unreadable');
    expect(notes).toEqual([
      { code: 'journal_unreadable', message: `a journal can't be read, at least in part, and was set aside: ${aside}` },
    ]);
  });
});

describe('a run that is over', () => {
  it('is kept, though its process lives', async () => {
    const { place, runs, open } = setUp();
    const file = join(runs, 'a.jsonl');
    writeFileSync(file, text([start('ask', ALIVE), ...runLines({ id: 'a' })]));
    expect(await keepRun(place, file)).toBeNull();
    expect(waiting(runs)).toEqual([]);
    expect(ids(await open())).toEqual(['a']);
  });

  it('does not wait for many others to be taken in', async () => {
    const { place, runs, journal } = setUp();
    for (let i = 0; i < 9; i++) journal({ id: `a${i}` });
    expect(await keepRun(place, journal({ id: 'own' }))).toBeNull();
    expect(waiting(runs)).toEqual(['a4.jsonl', 'a5.jsonl', 'a6.jsonl', 'a7.jsonl', 'a8.jsonl']);
  });

  it('whose journal is gone is no trouble', async () => {
    const { place, runs } = setUp();
    expect(await keepRun(place, join(runs, 'gone.jsonl'))).toBeNull();
  });
});

describe('a history that can not be used', () => {
  it('because another process writes: the run waits, and what is there can be read', async () => {
    const { keep, journal, place, path, open, notes, runs } = setUp();
    await keep('a');
    const writer = other(path);
    writer.exec('BEGIN IMMEDIATE');
    const error = await keepRun(place, journal({ id: 'b' }));
    expect(error).toMatchObject({
      code: 'store_failed',
      message: `the history can't be used: ${path}: another process keeps it locked`,
      hint: 'try again when the other process is done; until then runs wait as journals',
    });
    expect(ids(await open())).toEqual(['a']);
    expect(notes).toEqual([
      { code: 'runs_wait', message: `the latest runs are not in the history yet: ${error?.message}; ${error?.hint}` },
    ]);
    expect(waiting(runs)).toEqual(['b.jsonl']);
    writer.exec('ROLLBACK');
    expect(ids(await open())).toEqual(['b', 'a']);
    expect(waiting(runs)).toEqual([]);
  });

  it('because another process has it for itself is not waited for long', async () => {
    const { journal, place, path, open } = setUp();
    const owner = other(path);
    owner.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; CREATE TABLE mine (x)');
    const locked = { code: 'store_failed', message: `the history can't be used: ${path}: another process keeps it locked` };
    expect(await keepRun(place, journal({ id: 'a' }))).toMatchObject(locked);
    await expect(open()).rejects.toMatchObject(locked);
    owner.exec('ROLLBACK');
    owner.close();
    expect(ids(await open())).toEqual(['a']);
  });

  it('because it is damaged: it stays where it is, and the hint tells how to begin anew', async () => {
    const { journal, place, path, open, dir, runs } = setUp();
    writeFileSync(path, 'no database '.repeat(100));
    const damaged = {
      code: 'store_failed',
      message: `the history can't be used: ${path} is damaged`,
      hint: `move it away: mkdir ${dir}/damaged && mv ${path}* ${dir}/damaged; waiting runs then go into a new one, and budgets count from 0`,
    };
    expect(await keepRun(place, journal({ id: 'a' }))).toMatchObject(damaged);
    await expect(open()).rejects.toMatchObject(damaged);
    await expect(importJournals(place)).rejects.toMatchObject(damaged);
    expect((await storeHealth(place)).trouble).toEqual({ message: damaged.message, hint: damaged.hint });
    expect(readFileSync(path, 'utf8')).toBe('no database '.repeat(100));
    expect(waiting(runs)).toEqual(['a.jsonl']);
    mkdirSync(join(dir, 'damaged'));
    for (const name of readdirSync(dir).filter((file) => file.startsWith('mom.db')))
      renameSync(join(dir, name), join(dir, 'damaged', name));
    expect(ids(await open())).toEqual(['a']);
  });

  it('because pages in the middle of it are damaged says so when they are met', async () => {
    const { keep, path, open, place } = setUp();
    for (let i = 0; i < 5; i++) await keep(`a${i}`);
    const writer = other(path);
    writer.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    writer.close();
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.fill(0x41, 4 * 4_096));
    const history = await open();
    expect(() => history.find('a1')).toThrow(
      expect.objectContaining({ code: 'store_failed', message: `the history can't be used: ${path} is damaged` }),
    );
    expect((await storeHealth(place)).trouble?.message).toBe(`the history can't be used: ${path} is damaged`);
  });

  it('because a newer mom made it', async () => {
    const { keep, journal, place, path, open } = setUp();
    await keep('a');
    other(path).pragma('user_version = 9');
    const newer = {
      code: 'store_failed',
      message: `the history can't be used: ${path} was made by a newer mom (layout 9, this mom knows 2)`,
      hint: 'update mom; until then runs wait as journals',
    };
    await expect(open()).rejects.toMatchObject(newer);
    expect(await keepRun(place, journal({ id: 'b' }))).toMatchObject(newer);
  });

  it('because it may not be written', async () => {
    const { keep, journal, path, state, runs, dir } = setUp();
    await keep('a');
    journal({ id: 'b' });
    for (const folder of [state, dir, runs]) chmodSync(folder, 0o755);
    for (const name of readdirSync(dir).filter((file) => file.startsWith('mom.db'))) chmodSync(join(dir, name), 0o444);
    chmodSync(join(runs, 'b.jsonl'), 0o444);
    chmodSync(dir, 0o555);
    const run = await program(`
      import { keepRun, openHistory } from './src/app/history.js';
      import 'libsql';
      if (process.getuid() === 0) process.setuid(65534);
      const place = { env: { XDG_STATE_HOME: process.argv[2] }, home: '/nowhere', onNote: () => {} };
      const tell = (error) => console.log(error.code + '|' + error.message + '|' + error.hint);
      openHistory(place).catch(tell).then(() => keepRun(place, 'b.jsonl')).then(tell);`);
    const line = `store_failed|the history can't be used: ${path}: it may not be written|make ${dir} and what is in it yours and writable, or set XDG_STATE_HOME to another folder; until then runs wait as journals\n`;
    expect(await run(state).done).toBe(line + line);
    expect(waiting(runs)).toEqual(['b.jsonl']);
  });

  it('because there is no room for it: the journal waits', async () => {
    const { keep, journal, path, place, open, runs, state } = setUp();
    await keep('a');
    journal({ id: 'b', question: 'long '.repeat(300_000) });
    const run = await program(IMPORT, "trap '' XFSZ; ulimit -f 1000");
    expect(await run(state).done).toBe(
      `store_failed|the history can't be used: ${path}: disk I/O error|see whether the disk is full, or broken; until then runs wait as journals\n`,
    );
    expect(waiting(runs)).toEqual(['b.jsonl']);
    expect(ids(await open())).toEqual(['b', 'a']);
    expect(await storeHealth(place)).toMatchObject({ runs: 2, journals: 0, trouble: null });
  });

  it('because it was deleted while it was open goes on, and a new one is made', async () => {
    const { keep, open, dir } = setUp();
    await keep('a');
    const history = await open();
    for (const name of readdirSync(dir).filter((file) => file.startsWith('mom.db'))) rmSync(join(dir, name));
    expect(ids(history)).toEqual(['a']);
    await keep('b');
    expect(ids(await open())).toEqual(['b']);
  });

  it('is used on without its write-ahead log, and what stood in that only is lost', async () => {
    const { journal, open, path, place, state, runs } = setUp();
    const run = await program(IMPORT);
    journal({ id: 'a' });
    await run(state).done;
    const writer = other(path);
    writer.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    writer.close();
    journal({ id: 'b' });
    await run(state, 'die').done;
    expect(waiting(runs)).toEqual([]);
    for (const suffix of ['-wal', '-shm']) rmSync(path + suffix, { force: true });
    journal({ id: 'c' });
    expect(ids(await open())).toEqual(['c', 'a']);
    expect((await storeHealth(place)).trouble).toBeNull();
  });
});

import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Libsql from 'libsql';
import { describe, expect, it } from 'vitest';
import { DatabaseTrouble, loadDatabaseModule, openDatabase, setAside, transaction, troubleWith } from '../../src/store/database.js';
import { newFolder, program } from './support.js';

const FIRST = 'CREATE TABLE words (word TEXT); INSERT INTO words VALUES (1);';
const SECOND = "INSERT INTO words VALUES ('two');";

function open(path: string, migrations: readonly string[] = [FIRST], busyTimeout = 50) {
  return openDatabase(Libsql, { path, migrations, busyTimeout });
}

function trouble(work: () => unknown): DatabaseTrouble {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(DatabaseTrouble);
    return error as DatabaseTrouble;
  }
  return expect.unreachable();
}

const words = (database: ReturnType<typeof open>) => database.prepare('SELECT word FROM words').all();
const mode = (path: string) => statSync(path).mode & 0o777;

describe('a database', () => {
  it('is made in a folder and in files that only its owner can read', () => {
    const folder = join(newFolder(), 'a', 'mom');
    const database = open(join(folder, 'x.db'));
    expect(readdirSync(folder).sort()).toEqual(['x.db', 'x.db-shm', 'x.db-wal']);
    for (const file of readdirSync(folder)) expect(mode(join(folder, file)), file).toBe(0o600);
    expect(mode(folder)).toBe(0o700);
    database.close();
  });

  it('is closed to others when it was open to them', () => {
    const folder = newFolder();
    const path = join(folder, 'x.db');
    open(path).close();
    chmodSync(path, 0o644);
    chmodSync(folder, 0o755);
    open(path).close();
    expect([mode(path), mode(folder)]).toEqual([0o600, 0o700]);
  });

  it('waits for others, writes ahead and survives a crash of the process', () => {
    const database = open(join(newFolder(), 'x.db'), [FIRST], 1_234);
    expect(database.pragma('journal_mode')).toEqual([{ journal_mode: 'wal' }]);
    expect(database.pragma('synchronous')).toEqual([{ synchronous: 1 }]);
    expect(database.pragma('busy_timeout')).toEqual([{ timeout: 1_234 }]);
    database.close();
  });

  it('keeps the log short that every process reads when it opens the file', () => {
    const path = join(newFolder(), 'x.db');
    const database = open(path);
    for (let i = 0; i < 300; i++) transaction(database, () => database.prepare('INSERT INTO words VALUES (?)').run('x'.repeat(4_000)));
    expect(statSync(`${path}-wal`).size).toBeLessThan(600_000);
    expect(statSync(path).size).toBeGreaterThan(1_000_000);
    database.close();
  });

  it('gets every migration once, in order', () => {
    const path = join(newFolder(), 'x.db');
    open(path).close();
    open(path).close();
    const database = open(path, [FIRST, SECOND]);
    expect(words(database)).toEqual([{ word: '1' }, { word: 'two' }]);
    expect(database.pragma('user_version')).toEqual([{ user_version: 2 }]);
    database.close();
  });

  it('is left as it was by a migration that fails', () => {
    const path = join(newFolder(), 'x.db');
    open(path).close();
    expect(trouble(() => open(path, [FIRST, `${SECOND} nonsense;`]))).toMatchObject({ kind: 'unusable' });
    const database = open(path);
    expect(words(database)).toEqual([{ word: '1' }]);
    database.close();
  });

  it('of a newer mom is told from one that is damaged', () => {
    const path = join(newFolder(), 'x.db');
    open(path, [FIRST, SECOND]).close();
    expect(trouble(() => open(path))).toMatchObject({
      kind: 'newer',
      message: `${path} was made by a newer mom (layout 2, this mom knows 1)`,
    });
    const database = open(path, [FIRST, SECOND]);
    database.pragma('wal_checkpoint(TRUNCATE)');
    database.close();
    const bytes = readFileSync(path);
    for (const damaged of [Buffer.from('no database at all, but long enough to be one'.repeat(20)), bytes.fill(0x41, 100)]) {
      for (const suffix of ['-wal', '-shm']) rmSync(path + suffix, { force: true });
      writeFileSync(path, damaged);
      expect(trouble(() => open(path))).toMatchObject({ kind: 'damaged', message: `${path} is damaged` });
    }
  });

  it('that another process keeps locked is not waited for longer than said', () => {
    const path = join(newFolder(), 'x.db');
    const first = open(path);
    first.exec('BEGIN IMMEDIATE');
    expect(trouble(() => open(path, [FIRST, SECOND]))).toMatchObject({
      kind: 'unusable',
      message: `${path}: another process keeps it locked`,
    });
    first.exec('ROLLBACK');
    open(path, [FIRST, SECOND]).close();
    first.close();
  });

  it('is not made where that is impossible, nor through a link', () => {
    const folder = newFolder();
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect(trouble(() => open(join(file, 'x.db')))).toMatchObject({ kind: 'unusable', message: expect.stringContaining('ENOTDIR') });
    mkdirSync(join(folder, 'folder.db'));
    expect(trouble(() => open(join(folder, 'folder.db')))).toMatchObject({ kind: 'unusable', message: expect.stringContaining('EISDIR') });
    symlinkSync(join(folder, 'elsewhere.db'), join(folder, 'link.db'));
    expect(trouble(() => open(join(folder, 'link.db')))).toMatchObject({ kind: 'unusable', message: expect.stringContaining('ELOOP') });
    expect(existsSync(join(folder, 'elsewhere.db'))).toBe(false);
  });

  it.each([
    ['EACCES', 'it may not be written'],
    ['EROFS', 'it may not be written'],
    ['SQLITE_READONLY_DIRECTORY', 'it may not be written'],
    ['ENOSPC', 'the disk is full'],
    ['SQLITE_BUSY_SNAPSHOT', 'another process keeps it locked'],
    ['SQLITE_IOERR', 'disk I/O error'],
  ])('has its failure %s told in words', (code, why) => {
    const error = troubleWith('/x.db', Object.assign(new Error('disk I/O error'), { code }));
    expect([error.kind, error.message]).toEqual(['unusable', `/x.db: ${why}`]);
  });

  it('is made by several processes at once', async () => {
    const path = join(newFolder(), 'x.db');
    const start = await program(`
      import Libsql from 'libsql';
      import { openDatabase } from './src/store/database.js';
      const [path] = process.argv.slice(2);
      process.stdin.once('data', () => {
        const file = { path, migrations: [${JSON.stringify(FIRST)}, ${JSON.stringify(SECOND)}], busyTimeout: 10_000 };
        const database = openDatabase(Libsql, file);
        console.log(database.prepare('SELECT count(*) AS n FROM words').get().n);
        process.stdin.unref();
      });
      console.log('ready');`);
    const running = Array.from({ length: 6 }, () => start(path));
    await Promise.all(running.map(({ child }) => new Promise((resolve) => child.stdout?.once('data', resolve))));
    for (const { child } of running) child.stdin?.write('go');
    expect(await Promise.all(running.map(({ done }) => done))).toEqual(Array(6).fill('ready\n2\n'));
  });
});

describe('a transaction', () => {
  it('does all or nothing', () => {
    const database = open(join(newFolder(), 'x.db'));
    expect(transaction(database, () => database.prepare('DELETE FROM words').run().changes)).toBe(1);
    const failing = () =>
      transaction(database, () => {
        database.exec(SECOND);
        throw new Error('on second thought');
      });
    expect(failing).toThrow('on second thought');
    expect(words(database)).toEqual([]);
    expect(database.inTransaction).toBe(false);
    database.close();
  });
});

describe('a database that is set aside', () => {
  it('keeps its companions, and one that is gone already is no matter', () => {
    const folder = newFolder();
    const path = join(folder, 'x.db');
    for (const suffix of ['', '-wal']) writeFileSync(path + suffix, suffix);
    expect(setAside(path, 'corrupt-1')).toBe(`${path}.corrupt-1`);
    expect(readdirSync(folder).sort()).toEqual(['x.db.corrupt-1', 'x.db.corrupt-1-wal']);
    setAside(path, 'corrupt-1');
    expect(readdirSync(folder)).toHaveLength(2);
  });
});

describe('the database module', () => {
  it('is loaded once', async () => {
    expect(await loadDatabaseModule()).toBe(Libsql);
    expect(loadDatabaseModule()).toBe(loadDatabaseModule());
  });

  it('that has no build for this machine is named, with what is missing', async () => {
    const start = await program(`
      import Module from 'node:module';
      const load = Module._load;
      Module._load = (id, ...rest) => {
        if (id.startsWith('@libsql/')) throw new Error("Cannot find module '" + id + "'\\nRequire stack: ...");
        return load(id, ...rest);
      };
      const { loadDatabaseModule } = require('./src/store/database.js');
      loadDatabaseModule().catch((error) => console.log(error.kind, error.message));`);
    expect(await start().done).toMatch(
      /^missing the database module libsql can't be loaded on \w+-\w+: Cannot find module '@libsql\/[\w-]+'\n$/,
    );
  });
});

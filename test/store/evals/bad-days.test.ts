import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Libsql from 'libsql';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { MomError } from '../../../src/core/error.js';
import { openEvals } from '../../../src/store/evals/open.js';
import { CAN_MOUNT } from '../../support/namespace.js';
import { newFolder, program } from '../support.js';
import { answer, head, prompts, report } from './samples.js';
import { newEvals } from './support.js';

async function failure(work: () => unknown): Promise<Pick<MomError, 'code' | 'message' | 'hint'>> {
  try {
    await work();
  } catch (error) {
    const { code, message, hint } = error as MomError;
    return { code, message, hint };
  }
  return expect.unreachable();
}

/** A store with an evaluation in it, which nobody has open. */
async function kept() {
  const evals = newEvals();
  const store = await evals.open();
  await store.begin(head('a'), prompts(300));
  store.keepAnswer('k', answer('x'.repeat(20_000)));
  store.close();
  return evals;
}

const NO_STORE = 'with --no-log an evaluation needs no store';

describe('the store of evaluations says what is wrong, and leaves the file as it is,', () => {
  it('where the file is damaged', async () => {
    const { dir, path } = await kept();
    writeFileSync(path, 'no database here'.repeat(1_000));
    expect(await failure(() => openEvals(dir, () => {}))).toEqual({
      code: 'store_failed',
      message: `evaluations can't be kept: ${path} is damaged`,
      hint: `move it away: mkdir ${dir}/damaged && mv ${path}* ${dir}/damaged; evaluations then begin a new one, and ask everything again`,
    });
    expect(readFileSync(path, 'utf8')).toContain('no database here');
  });

  it('where the file is damaged in the middle', async () => {
    const { path, open } = await kept();
    const bytes = readFileSync(path);
    for (let at = 4096; at < bytes.length; at += 4096) bytes.fill(0x5a, at, at + 4096);
    writeFileSync(path, bytes);
    const found = await failure(async () => [...(await open()).prompts('a')]);
    expect(found).toMatchObject({ code: 'store_failed', message: `evaluations can't be kept: ${path} is damaged` });
  });

  it('where a newer mom has made it', async () => {
    const { dir, path } = await kept();
    const database = new Libsql(path);
    database.exec('PRAGMA user_version = 99');
    database.close();
    expect(await failure(() => openEvals(dir, () => {}))).toEqual({
      code: 'store_failed',
      message: `evaluations can't be kept: ${path} was made by a newer mom (layout 99, this mom knows 1)`,
      hint: `update mom; ${NO_STORE}`,
    });
  });

  it('where another process keeps it locked', { timeout: 20_000 }, async () => {
    const { path, open } = await kept();
    const store = await open();
    const other = new Libsql(path);
    onTestFinished(() => void other.close());
    other.exec('BEGIN IMMEDIATE');
    expect(await failure(() => store.keepAnswer('l', answer()))).toEqual({
      code: 'store_failed',
      message: `evaluations can't be kept: ${path}: another process keeps it locked`,
      hint: `try again when the other process is done; ${NO_STORE}`,
    });
    expect(store.answer('k')).not.toBeNull();
    other.exec('COMMIT');
    store.keepAnswer('l', answer());
    expect(store.answer('l')).toEqual(answer());
  });

  it.each([
    ['a folder', (path: string) => mkdirSync(path), 'EISDIR: illegal operation on a directory'],
    ['a link', (path: string) => symlinkSync(`${path}.elsewhere`, path), 'ELOOP: too many symbolic links encountered'],
  ])('where %s stands in its place', async (_, make, reason) => {
    const dir = newFolder();
    const path = join(dir, 'evals.db');
    make(path);
    expect(await failure(() => openEvals(dir, () => {}))).toEqual({
      code: 'store_failed',
      message: `evaluations can't be kept: ${path}: ${reason}, open '${path}'`,
      hint: `make ${dir} and what is in it yours and writable, or set XDG_STATE_HOME to another folder; ${NO_STORE}`,
    });
    expect(existsSync(`${path}.elsewhere`)).toBe(false);
  });

  it('where a report can be kept, but not shown by the gateway', async () => {
    const { dir, open, notes } = newEvals();
    const store = await open();
    await store.begin(head('a'), []);
    mkdirSync(join(dir, 'evals-latest.json', 'in the way'), { recursive: true });
    store.keepReport('a', report('a'));
    expect(store.find('a').report?.id).toBe('a');
    expect(notes).toEqual([expect.stringMatching(/^\/metrics of mom serve does not show this evaluation: EISDIR: .*evals-latest\.json'$/)]);
  });
});

/** Commands that change what the program alone sees of the disk. */
const alone = (commands: string) => `exec unshare -m /bin/sh -c '${commands}; exec "$@"' sh "$@"`;

const PATHS = `import { openEvals } from './src/store/evals/open.js';
  import { answer, head, prompts } from './test/store/evals/samples.js';
  const dir = process.argv[2];
  const say = (text) => process.stdout.write(text + '\\n');`;

describe('a process of its own', () => {
  it('killed in the middle loses nothing that it was told to keep', async () => {
    const { dir, open } = newEvals();
    const start = await program(`${PATHS}
      openEvals(dir, () => {}).then(async (store) => {
        await store.begin(head('a'), prompts(10));
        for (let i = 0; ; i++) { store.keepAnswer('k' + i, answer('x'.repeat(3_000))); say(String(i)); await new Promise(setImmediate); }
      });`);
    const { child, done } = start(dir);
    let told = '';
    child.stdout?.on('data', (chunk) => {
      told += chunk;
      if (told.split('\n').length > 400) child.kill('SIGKILL');
    });
    const numbers = (await done).split('\n').slice(0, -1).map(Number);
    const store = await open();
    expect(numbers.length).toBeGreaterThan(300);
    expect(numbers.filter((i) => store.answer(`k${i}`) === null)).toEqual([]);
    expect(store.promptCount('a')).toBe(10);
  });

  it('killed while prompts come leaves nothing that is seen, and what it leaves is removed', async () => {
    const { dir, path, open, look } = newEvals();
    const start = await program(`${PATHS}
      async function* slow() { yield* prompts(500); say('there'); await new Promise(() => setInterval(() => {}, 1_000)); }
      openEvals(dir, () => {}).then((store) => store.begin(head('a'), slow()));`);
    const { child, done } = start(dir);
    child.stdout?.on('data', () => child.kill('SIGKILL'));
    await done;
    expect(look('SELECT count(*) > 0 AS left FROM prompts')).toEqual([{ left: 1 }]);
    const store = await open();
    expect(store.latest(false)).toBeNull();
    const aDayLater = new Libsql(path);
    aDayLater.exec(`UPDATE evaluations SET begun_ms = ${Date.now() - 25 * 3_600_000}`);
    aDayLater.close();
    await store.begin(head('b'), prompts(2));
    expect(look('SELECT count(*) AS n FROM prompts')).toEqual([{ n: 2 }]);
  });

  it('and others at the same time keep everything', { timeout: 30_000 }, async () => {
    const { dir, open } = newEvals();
    const start = await program(`${PATHS}
      const mine = process.argv[3];
      openEvals(dir, () => {}).then(async (store) => {
        await store.begin(head(mine), prompts(300));
        for (let i = 0; i < 300; i++) store.keepAnswer(mine + i, answer());
        store.close();
      });`);
    await Promise.all(['a', 'b', 'c', 'd'].map((name) => start(dir, name).done));
    const store = await open();
    for (const name of ['a', 'b', 'c', 'd']) {
      expect(store.promptCount(name)).toBe(300);
      expect(Array.from({ length: 300 }, (_, i) => store.answer(name + i)).filter((found) => found === null)).toEqual([]);
    }
  });

  const FAILING = `openEvals(dir, () => {}).then(async (store) => {
      await store.begin(head('a'), []);
      let kept = 0;
      try { for (; kept < 2_000; kept++) store.keepAnswer('k' + kept, answer('x'.repeat(3_000))); }
      catch (error) { say(JSON.stringify({ code: error.code, message: error.message, hint: error.hint })); }
      store.close();
    }).catch((error) => say(JSON.stringify({ code: error.code, message: error.message, hint: error.hint })));`;

  it.skipIf(!CAN_MOUNT)('is told of a full disk', async () => {
    const dir = newFolder();
    const start = await program(`${PATHS}${FAILING}`, alone(`mount -t tmpfs -o size=2m tmpfs ${dir}`));
    expect(JSON.parse(await start(dir).done)).toEqual({
      code: 'store_failed',
      message: `evaluations can't be kept: ${dir}/evals.db: the disk is full`,
      hint: `make room on the disk; ${NO_STORE}`,
    });
  });

  it.skipIf(!CAN_MOUNT)('is told of a read-only folder', async () => {
    const { dir } = await kept();
    const start = await program(`${PATHS}${FAILING}`, alone(`mount --bind ${dir} ${dir} && mount -o remount,ro,bind ${dir}`));
    expect(JSON.parse(await start(dir).done)).toEqual({
      code: 'store_failed',
      message: `evaluations can't be kept: ${dir}/evals.db: it may not be written`,
      hint: `make ${dir} and what is in it yours and writable, or set XDG_STATE_HOME to another folder; ${NO_STORE}`,
    });
    rmSync(dir, { recursive: true });
  });
});

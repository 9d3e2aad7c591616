import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Libsql from 'libsql';
import { describe, expect, it } from 'vitest';
import type { CachedAnswer } from '../../src/core/answer-cache.js';
import { type AnswerCacheOptions, createAnswerCache } from '../../src/store/answers.js';
import { DatabaseTrouble } from '../../src/store/database.js';
import { newFolder, notebook, program, standingClock } from './support.js';

const HOUR = 3_600_000;

function setUp(more: Partial<AnswerCacheOptions> = {}) {
  const dir = more.dir ?? join(newFolder(), 'mom');
  const time = standingClock();
  const { notes, onNote } = notebook();
  const make = (other: Partial<AnswerCacheOptions> = {}) =>
    createAnswerCache({ dir, ttl: 24 * HOUR, maxSize: 100, clock: time.clock, onNote, ...more, ...other });
  const answer = (text: string, question = `${text}?`): CachedAnswer => ({
    answer: text,
    finish_reason: 'stop',
    question,
    run_id: `run of ${text}`,
    stored_at: time.clock().toISOString(),
  });
  return { dir, path: join(dir, 'answers.db'), ...time, notes, make, cache: make(), answer };
}

const kept = async (cache: ReturnType<typeof createAnswerCache>, keys: string[]) => {
  const found = await Promise.all(keys.map((key) => cache.get(key)));
  return keys.filter((_key, i) => found[i] !== null);
};

describe('stored answers', () => {
  it('are found by their key, as they were, also by the next process', async () => {
    const { cache, make, answer, path, notes } = setUp();
    const odd = { ...answer('käse "\u0000 \u{1F9C0}\'; DROP TABLE answers; --'), finish_reason: null };
    expect(await cache.get('k')).toBeNull();
    await cache.put('k', answer('fish'), null);
    await cache.put("' OR 1=1 --", odd, null);
    expect(await cache.get('k')).toEqual(answer('fish'));
    expect(await cache.get("' OR 1=1 --")).toEqual(odd);
    expect(await cache.get('other')).toBeNull();
    cache.close();
    expect(await make().get('k')).toEqual(answer('fish'));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(notes).toEqual([]);
  });

  it('are replaced by newer ones', async () => {
    const { cache, answer } = setUp();
    await cache.put('k', answer('fish'), null);
    await cache.put('k', answer('fowl'), null);
    expect(await cache.get('k')).toEqual(answer('fowl'));
  });

  it('are used until they are too old', async () => {
    const { cache, answer, pass } = setUp({ ttl: HOUR });
    await cache.put('k', answer('fish'), null);
    pass(HOUR);
    expect(await cache.get('k')).not.toBeNull();
    pass(1);
    expect(await cache.get('k')).toBeNull();
  });

  it('are not used after the clock has jumped, in either direction, but for a minute back', async () => {
    const { cache, answer, set } = setUp();
    await cache.put('k', answer('fish'), { scope: 's', vector: [1] });
    const near = () => cache.nearest({ scope: 's', vector: [1] }, 0.9);
    for (const [now, found] of [
      ['2026-01-31T11:59:00.000Z', true],
      ['2026-01-31T11:58:59.999Z', false],
      ['2020-01-01T00:00:00.000Z', false],
      ['2030-01-01T00:00:00.000Z', false],
      ['2026-01-31T12:00:00.000Z', true],
    ] as const) {
      set(now);
      expect([(await cache.get('k')) !== null, (await near()) !== null], now).toEqual([found, found]);
    }
  });

  it('are at most so many: the oldest go, and one that came anew counts as new', async () => {
    const { cache, answer } = setUp({ maxSize: 3 });
    for (const key of ['a', 'b', 'c', 'a', 'd']) await cache.put(key, answer(key), null);
    expect(await kept(cache, ['a', 'b', 'c', 'd'])).toEqual(['a', 'c', 'd']);
  });

  it('are never more than the cache holds, also where old ones are cleared away only now and then', async () => {
    const { cache, answer, path } = setUp({ maxSize: 500 });
    await cache.put('0', answer('0'), null);
    const database = new Libsql(path);
    let most = 0;
    for (let i = 1; i < 1_200; i++) {
      await cache.put(String(i), answer(String(i)), null);
      most = Math.max(most, (database.prepare('SELECT count(*) AS n FROM answers').get() as { n: number }).n);
    }
    database.close();
    expect(most).toBe(500);
    expect(await kept(cache, ['0', '600', '800', '1199'])).toEqual(['800', '1199']);
  });

  it('leave the file when they are too old', async () => {
    const { cache, answer, path, pass } = setUp({ ttl: HOUR });
    await cache.put('a', answer('a'), null);
    pass(2 * HOUR);
    await cache.put('b', answer('b'), null);
    const database = new Libsql(path);
    expect(database.prepare('SELECT key FROM answers').all()).toEqual([{ key: 'b' }]);
    database.close();
  });
});

describe('the nearest question', () => {
  const place = (...vector: number[]) => ({ scope: 's', vector });

  it('is the one whose direction is most alike, if it is alike enough', async () => {
    const { cache, answer } = setUp();
    await cache.put('far', answer('far'), place(0, 1));
    await cache.put('near', answer('near'), place(3, 1));
    await cache.put('nearer', answer('nearer'), place(40, 10));
    const found = await cache.nearest(place(1, 0.2), 0.9);
    expect(found?.answer).toEqual(answer('nearer'));
    expect(found?.similarity).toBeCloseTo(4.2 / (Math.hypot(4, 1) * Math.hypot(1, 0.2)), 5);
    expect(await cache.nearest(place(1, -1), 0.9)).toBeNull();
    expect((await cache.nearest(place(1, -1), 0.4))?.answer.answer).toBe('nearer');
    expect((await cache.nearest(place(3, 1), 0.9999999))?.answer.answer).toBe('near');
  });

  it('is one of the same scope and the same number of dimensions', async () => {
    const { cache, answer } = setUp();
    await cache.put('a', answer('a'), { scope: 'other', vector: [1, 0] });
    await cache.put('b', answer('b'), place(1, 0, 0));
    await cache.put('c', answer('c'), null);
    expect(await cache.nearest(place(1, 0), -1)).toBeNull();
    expect((await cache.nearest(place(1, 0, 0), 0.9))?.answer.answer).toBe('b');
  });

  it('may have as many dimensions, and as small numbers, as embedding models give', async () => {
    const { cache, answer } = setUp();
    const vector = Array.from({ length: 3_072 }, (_, i) => Math.sin(i) * 1e-7);
    await cache.put('a', answer('a'), place(...vector));
    expect((await cache.nearest(place(...vector), 0.999))?.similarity).toBeCloseTo(1, 5);
  });

  it.each([[[]], [[0, 0]], [[Number.NaN, 1]], [[Number.POSITIVE_INFINITY, 1]], [[1e300, 1]], [[1e-300, 0]]])(
    'is none for %j, which has no direction; the answer is kept without it',
    async (vector) => {
      const { cache, answer, notes } = setUp();
      await cache.put('a', answer('a'), place(...vector));
      expect(await cache.get('a')).toEqual(answer('a'));
      expect(await cache.nearest(place(...vector), -1)).toBeNull();
      await cache.put('b', answer('b'), place(1, 1));
      expect((await cache.nearest(place(1, 1), 0.9))?.answer.answer).toBe('b');
      expect(notes).toEqual([]);
    },
  );

  it('keeps its place when its answer comes anew without one', async () => {
    const { cache, answer } = setUp();
    await cache.put('a', answer('old'), place(1, 0));
    await cache.put('a', answer('new'), null);
    expect((await cache.nearest(place(1, 0), 0.9))?.answer.answer).toBe('new');
  });
});

describe('trouble with the file', () => {
  const stamp = '20260131T120000';

  it('that is damaged sets it aside, says so once and begins anew', async () => {
    const { cache, answer, dir, path, notes } = setUp();
    mkdirSync(dir);
    writeFileSync(path, 'this was a cache once '.repeat(100));
    expect(await cache.get('k')).toBeNull();
    await cache.put('k', answer('fish'), null);
    expect(await cache.get('k')).toEqual(answer('fish'));
    expect(notes).toEqual([
      {
        code: 'cache_set_aside',
        message: `${path} is damaged; it is now ${path}.corrupt-${stamp}, and answers are kept in a new one`,
      },
    ]);
    expect(readFileSync(`${path}.corrupt-${stamp}`, 'utf8')).toContain('this was a cache once');
  });

  it('that shows its damage while it is in use is the same', async () => {
    const { cache, answer, path, notes, make } = setUp();
    for (let i = 0; i < 100; i++) await cache.put(`k${i}`, answer('x'.repeat(1_000)), null);
    cache.close();
    const database = new Libsql(path);
    database.pragma('wal_checkpoint(TRUNCATE)');
    database.close();
    writeFileSync(path, readFileSync(path).fill(0x41, 4_096));
    const again = make();
    await again.put('k1', answer('fish'), null);
    expect(await again.get('k1')).toEqual(answer('fish'));
    expect(await make().get('k1')).toEqual(answer('fish'));
    expect(notes.map(({ code }) => code)).toEqual(['cache_set_aside']);
  });

  it('that is of a newer mom leaves it alone under another name', async () => {
    const { cache, answer, dir, path, notes, make } = setUp();
    await cache.put('k', answer('fish'), null);
    cache.close();
    const newer = new Libsql(path);
    newer.pragma('user_version = 7');
    newer.close();
    const again = make();
    expect(await again.get('k')).toBeNull();
    await again.put('k', answer('fowl'), null);
    expect(await again.get('k')).toEqual(answer('fowl'));
    expect(notes).toEqual([
      {
        code: 'cache_set_aside',
        message: `${path} was made by a newer mom (layout 7, this mom knows 1); it is now ${path}.newer-${stamp}, and answers are kept in a new one`,
      },
    ]);
    expect(readdirSync(dir)).toContain(`answers.db.newer-${stamp}`);
  });

  it('that is locked is told once; answers are found all the same, and kept when it is free', async () => {
    const { cache, answer, path, notes, make } = setUp();
    await cache.put('k', answer('fish'), null);
    const other = new Libsql(path);
    other.exec('BEGIN IMMEDIATE');
    await cache.put('l', answer('fowl'), null);
    await cache.put('m', answer('fowl'), null);
    expect(await kept(cache, ['k', 'l', 'm'])).toEqual(['k']);
    expect(notes).toEqual([{ code: 'cache_unusable', message: `answers are not cached: ${path}: another process keeps it locked` }]);
    other.exec('ROLLBACK');
    other.close();
    await cache.put('l', answer('fowl'), null);
    expect(await kept(make(), ['k', 'l', 'm'])).toEqual(['k', 'l']);
  });

  it('that can not be made is told once', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'mom'), '');
    const { cache, answer, notes } = setUp({ dir: join(folder, 'mom') });
    await cache.put('k', answer('fish'), null);
    expect(await cache.get('k')).toBeNull();
    expect(await cache.nearest({ scope: 's', vector: [1] }, 0)).toBeNull();
    expect(notes).toEqual([{ code: 'cache_unusable', message: expect.stringMatching(/^answers are not cached: .*answers\.db: ENOTDIR/) }]);
  });

  it.each([
    ['max_page_count = 8', 'the disk is full'],
    ['query_only = 1', 'it may not be written'],
  ])('that can not grow (%s) is told once: what is there is still found', async (pragma, why) => {
    const opened: InstanceType<typeof Libsql>[] = [];
    class Watched {
      constructor(path: string, options: object) {
        const database = new Libsql(path, options);
        opened.push(database);
        Object.assign(this, { database });
        // biome-ignore lint/correctness/noConstructorReturn: stands for the database itself
        return database as never;
      }
    }
    const { cache, answer, notes, path } = setUp({ loadModule: async () => Watched as unknown as typeof Libsql });
    await cache.put('k', answer('fish'), null);
    opened[0]?.pragma(pragma);
    for (let i = 0; i < 3; i++) await cache.put(`big${i}`, answer('x'.repeat(100_000)), null);
    expect(await kept(cache, ['k', 'big0', 'big1', 'big2'])).toEqual(['k']);
    expect(notes).toEqual([{ code: 'cache_unusable', message: `answers are not cached: ${path}: ${why}` }]);
  });

  it('that is deleted while it is in use stops nothing', async () => {
    const { cache, answer, dir, notes, make } = setUp();
    await cache.put('k', answer('fish'), null);
    rmSync(dir, { recursive: true });
    await cache.put('l', answer('fowl'), null);
    expect(await cache.get('k')).toEqual(answer('fish'));
    expect(notes).toEqual([]);
    cache.close();
    expect(await make().get('k')).toBeNull();
  });

  it('and a machine without the database module are told once', async () => {
    const { cache, answer, notes } = setUp({
      loadModule: () => Promise.reject(new DatabaseTrouble('unusable', "the database module libsql can't be loaded on plan9-pdp11: no")),
    });
    await cache.put('k', answer('fish'), null);
    expect(await cache.get('k')).toBeNull();
    expect(notes).toEqual([
      { code: 'cache_unusable', message: "answers are not cached: the database module libsql can't be loaded on plan9-pdp11: no" },
    ]);
  });
});

describe('a cache', () => {
  it('makes no file and loads nothing before it is used, and nothing after it is closed', async () => {
    let loads = 0;
    const { cache, dir, notes } = setUp({
      loadModule: async () => {
        loads += 1;
        return Libsql;
      },
    });
    cache.close();
    expect(await cache.get('k')).toBeNull();
    expect([loads, notes]).toEqual([0, []]);
    expect(() => readdirSync(dir)).toThrow('ENOENT');
  });

  it('is shared by several processes', async () => {
    const { cache, dir, notes } = setUp();
    const start = await program(`
      import { createAnswerCache } from './src/store/answers.js';
      const [dir, name] = process.argv.slice(2);
      const clock = () => new Date('2026-01-31T12:00:00.000Z');
      const cache = createAnswerCache({ dir, ttl: 1e9, maxSize: 1000, clock, onNote: (note) => console.log(note.message) });
      const run = async () => {
        for (let i = 0; i < 50; i++) {
          const answer = { answer: name, finish_reason: null, question: '?', run_id: 'r', stored_at: clock().toISOString() };
          await cache.put(name + i, answer, { scope: 's', vector: [1, i] });
          if ((await cache.get(name + i))?.answer !== name) console.log('lost ' + i);
        }
      };
      process.stdin.once('data', () => run().then(() => process.stdin.unref()));
      console.log('ready');`);
    const names = ['a', 'b', 'c', 'd'];
    const running = names.map((name) => start(dir, name));
    await Promise.all(running.map(({ child }) => new Promise((resolve) => child.stdout?.once('data', resolve))));
    for (const { child } of running) child.stdin?.write('go');
    expect(await Promise.all(running.map(({ done }) => done))).toEqual(Array(4).fill('ready\n'));
    const keys = names.flatMap((name) => Array.from({ length: 50 }, (_, i) => name + i));
    expect(await kept(cache, keys)).toEqual(keys);
    expect(notes).toEqual([]);
  });
});

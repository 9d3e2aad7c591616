import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { CliContext } from '../../../src/cli/context.js';
import { createImporter } from '../../../src/cli/serve/importer.js';
import type { Clock } from '../../../src/core/clock.js';

/** Time that passes when the test says so. */
class HandClock implements Clock {
  #now = 1_000;
  #timers: { at: number; callback: () => void }[] = [];

  now = () => this.#now;
  date = () => new Date(this.#now);

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.#now + ms, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  pass(ms: number): void {
    this.#now += ms;
    const due = this.#timers.filter(({ at }) => at <= this.#now);
    this.#timers = this.#timers.filter((timer) => !due.includes(timer));
    for (const { callback } of due) callback();
  }
}

/** A package whose `mom` tells how it was called, waits until it may end, and ends as it is told. */
function setUp() {
  const root = mkdtempSync(join(tmpdir(), 'mom-importer-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const [calls, lock, hold, fails] = ['calls', 'lock', 'hold', 'fails'].map((name) => join(root, name)) as [string, string, string, string];
  mkdirSync(join(root, 'bin'));
  writeFileSync(
    join(root, 'bin', 'mom.js'),
    `const fs = require('node:fs');
     const alone = (() => { try { fs.mkdirSync(${JSON.stringify(lock)}); return true; } catch { return false; } })();
     process.on('exit', () => alone && fs.rmdirSync(${JSON.stringify(lock)}));
     const call = { alone, args: process.argv.slice(2), cwd: process.cwd(), nice: require('node:os').getPriority(), mark: process.env.MARK };
     fs.appendFileSync(${JSON.stringify(calls)}, JSON.stringify(call) + '\\n');
     const end = () => {
       if (fs.existsSync(${JSON.stringify(hold)})) return setTimeout(end, 5);
       if (!fs.existsSync(${JSON.stringify(fails)})) return;
       process.stderr.write('mom: the store is broken\\nhint: mend it\\n');
       process.exitCode = 74;
     };
     end();`,
  );
  const clock = new HandClock();
  const complaints: string[] = [];
  const context = { env: { PATH: process.env.PATH, MARK: 'own' }, packageRoot: root } as unknown as CliContext;
  const importer = createImporter({ context, clock, onError: (complaint) => complaints.push(complaint) });
  const called = () =>
    existsSync(calls)
      ? readFileSync(calls, 'utf8')
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line) as Record<string, unknown>)
      : [];
  const until = (count: number) => expect.poll(() => called().length, { timeout: 10_000 }).toBe(count);
  return { importer, clock, complaints, called, until, hold, fails };
}

it('runs `mom logs import` three seconds after the first run, with the lowest priority, in this environment', async () => {
  const { importer, clock, called, until } = setUp();
  importer.due();
  importer.due();
  clock.pass(2_999);
  expect(called()).toEqual([]);
  clock.pass(1);
  await until(1);
  const [call] = called();
  expect(call).toMatchObject({ args: ['logs', 'import'], cwd: '/', mark: 'own' });
  // The program may be faster than the one who lowers it.
  expect([0, 19]).toContain(call?.nice);
  await importer.close();
  expect(called()).toHaveLength(1);
});

it('never runs two at once, and starts at most one in fifteen seconds', async () => {
  const { importer, clock, called, until, hold } = setUp();
  writeFileSync(hold, '');
  importer.due();
  clock.pass(3_000);
  await until(1);
  importer.due();
  clock.pass(60_000);
  rmSync(hold);
  const later = () => {
    // The next one is planned when the first is over.
    clock.pass(3_000);
    return called().length;
  };
  await expect.poll(later, { timeout: 10_000 }).toBe(2);
  importer.due();
  await importer.close();
  expect(called().map(({ alone }) => alone)).toEqual([true, true, true]);
});

it('tells why one has failed, without its hint, and tries again when there is more, later each time', async () => {
  const { importer, clock, complaints, until, fails } = setUp();
  writeFileSync(fails, '');
  importer.due();
  clock.pass(3_000);
  await expect.poll(() => complaints, { timeout: 10_000 }).toEqual(['the store is broken']);
  rmSync(fails);
  importer.due();
  clock.pass(29_999);
  await until(1);
  clock.pass(1);
  await until(2);
  await importer.close();
  expect(complaints).toEqual(['the store is broken']);
});

it('at the end starts the last one at once, and does not wait for it for long', async () => {
  const { importer, clock, until, hold } = setUp();
  writeFileSync(hold, '');
  importer.due();
  const closed = importer.close();
  await until(1);
  clock.pass(2_000);
  await closed;
  rmSync(hold);
});

it('starts none at the end when nothing is due', async () => {
  const { importer, called } = setUp();
  await importer.close();
  expect(called()).toEqual([]);
});

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Libsql from 'libsql';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DatabaseTrouble } from '../../src/store/database.js';
import { createSpending, type SpendingOptions } from '../../src/store/spending.js';
import { newFolder, notebook, program, standingClock } from './support.js';

async function setUp(more: Partial<SpendingOptions> = {}) {
  const time = standingClock();
  const { notes, onNote } = notebook();
  const dir = more.dir ?? join(newFolder(), 'mom');
  const open = async (other: Partial<SpendingOptions> = {}) => {
    const spending = await createSpending({ dir, day: null, month: null, clock: time.clock, onNote, ...more, ...other });
    onTestFinished(() => spending.close());
    return spending;
  };
  const make = async (other: Partial<SpendingOptions> = {}) => (await open(other)).budgets;
  const [budget, other] = await make();
  return { ...time, notes, dir, path: join(dir, 'mom.db'), open, make, budget: budget as NonNullable<typeof budget>, other };
}

describe('a budget', () => {
  it('is there for each limit, and says its name and when it is free again', async () => {
    const { budget, other } = await setUp({ day: 5, month: 40.5 });
    expect([budget.name, budget.hint]).toEqual([
      'the budget of $5 a day',
      'raise budget.day in the configuration, or wait: it is free again on 2026-02-01 at 0:00 UTC',
    ]);
    expect([other?.name, other?.hint]).toEqual([
      'the budget of $40.5 a month',
      'raise budget.month in the configuration, or wait: it is free again on 2026-02-01 at 0:00 UTC',
    ]);
  });

  it('that nobody has set is none: no file, no database module', async () => {
    const { make, dir } = await setUp({ day: 1 });
    rmSync(dir, { recursive: true });
    const broken = () => Promise.reject(new Error('not to be loaded'));
    expect(await make({ day: null, loadModule: broken })).toEqual([]);
  });

  it('counts what is reserved as spent until it is settled', async () => {
    const { budget } = await setUp({ day: 1 });
    expect(budget.left()).toBe(1);
    const first = budget.reserve(0.6);
    expect(budget.left()).toBe(0.4);
    expect(budget.reserve(0.5)).toBeNull();
    const second = budget.reserve(0.4);
    expect(second).not.toBeNull();
    expect(budget.left()).toBe(0);
    first?.settle(0.1);
    expect(budget.left()).toBe(0.5);
    second?.settle(0);
    expect(budget.left()).toBe(0.9);
  });

  it('lets a reservation grow while there is something left', async () => {
    const { budget } = await setUp({ day: 1 });
    const reservation = budget.reserve(0.6);
    expect([reservation?.grow(0.3), reservation?.grow(0.2), reservation?.grow(0.1)]).toEqual([true, false, true]);
    reservation?.settle(0.7);
    expect(budget.left()).toBe(0.3);
    expect(reservation?.grow(0.1)).toBe(false);
  });

  it('books a call that cost more than was reserved; what is left is never below 0', async () => {
    const { budget } = await setUp({ day: 1 });
    budget.reserve(0.5)?.settle(1.5);
    expect(budget.left()).toBe(0);
    expect(budget.reserve(0.01)).toBeNull();
    expect(budget.reserve(0)).not.toBeNull();
  });

  it('settles once, and takes nothing that is no amount', async () => {
    const { budget } = await setUp({ day: 1 });
    const reservation = budget.reserve(0.5);
    reservation?.settle(Number.NaN);
    expect(budget.left()).toBe(0.5);
    reservation?.settle(0.25);
    reservation?.settle(0);
    expect(budget.left()).toBe(0.75);
    for (const usd of [Number.NaN, Number.POSITIVE_INFINITY]) expect(budget.reserve(usd)).toBeNull();
    expect(budget.reserve(-5)).not.toBeNull();
    expect(budget.left()).toBe(0.75);
  });

  it('adds exactly', async () => {
    const { budget } = await setUp({ day: 0.3 });
    for (let i = 0; i < 3; i++) budget.reserve(0.1)?.settle(0.1);
    expect(budget.left()).toBe(0);
    const { budget: fine } = await setUp({ day: 0.000001 });
    for (let i = 0; i < 100; i++) expect(fine.reserve(0.00000001)).not.toBeNull();
    expect(fine.reserve(0.000000001)).toBeNull();
  });

  it('of 0 lets only what is free pass', async () => {
    const { budget } = await setUp({ day: 0 });
    expect([budget.reserve(0.001), budget.reserve(0) !== null]).toEqual([null, true]);
  });
});

describe('days and months', () => {
  it('begin anew at midnight in UTC', async () => {
    const { budget, other, set } = await setUp({ day: 1, month: 3 });
    const spend = (usd: number) => {
      const reservations = [budget.reserve(usd), other?.reserve(usd)];
      return reservations.every((reservation) => reservation);
    };
    set('2026-01-30T23:59:59.999Z');
    expect([spend(1), budget.left(), other?.left()]).toEqual([true, 0, 2]);
    set('2026-01-31T00:00:00.000Z');
    expect(budget.hint).toContain('free again on 2026-02-01 at');
    expect([spend(1), budget.left(), other?.left()]).toEqual([true, 0, 1]);
    set('2026-02-01T00:00:00.000Z');
    expect([budget.left(), other?.left()]).toEqual([1, 3]);
    set('2026-12-31T12:00:00.000Z');
    expect([budget.hint, other?.hint].map((hint) => /\d{4}-\d\d-\d\d/.exec(hint ?? '')?.[0])).toEqual(['2027-01-01', '2027-01-01']);
  });

  it('keep a call that lasts over midnight where it began', async () => {
    const { budget, set } = await setUp({ day: 1 });
    set('2026-01-30T23:59:59.000Z');
    const reservation = budget.reserve(0.5);
    set('2026-01-31T00:00:01.000Z');
    reservation?.settle(1);
    expect(budget.left()).toBe(1);
    set('2026-01-30T23:59:59.000Z');
    expect(budget.left()).toBe(0);
  });

  it.each([
    ['day', 'month'],
    ['month', 'day'],
  ] as const)('are both counted where only the %s is limited, for when the %s is', async (first, second) => {
    const { budget, make } = await setUp({ [first]: 10 });
    budget.reserve(4)?.settle(4);
    const budgets = await make({ [first]: 10, [second]: 20 });
    expect(budgets.map((each) => each.left()).sort()).toEqual([16, 6]);
    for (const each of budgets) each.reserve(1)?.settle(1);
    expect(budgets.map((each) => each.left()).sort()).toEqual([15, 5]);
  });
});

describe('the budget of a holder', () => {
  const LAPTOP = { id: 'key 1a', name: 'key laptop', day: 1, month: 3 };
  const PHONE = { id: 'key 2b', name: 'key phone', day: 5, month: null };

  it('has a name and a hint of its own', async () => {
    const { open } = await setUp();
    const [day, month] = (await open({ holders: [LAPTOP] })).budgetsOf('key 1a');
    expect([day?.name, month?.name]).toEqual(['the budget of $1 a day of key laptop', 'the budget of $3 a month of key laptop']);
    expect(day?.hint).toBe('raise budget.day of key laptop in the configuration, or wait: it is free again on 2026-02-01 at 0:00 UTC');
  });

  it('is counted apart from those of others and of the user, and who is not named has none', async () => {
    const { open } = await setUp();
    const spending = await open({ day: 10, holders: [LAPTOP, PHONE] });
    const [laptop] = spending.budgetsOf('key 1a');
    const [phone] = spending.budgetsOf('key 2b');
    laptop?.reserve(0.75)?.settle(0.75);
    phone?.reserve(2);
    expect([laptop?.left(), phone?.left(), spending.budgets[0]?.left()]).toEqual([0.25, 3, 10]);
    expect(laptop?.reserve(0.3)).toBeNull();
    expect(spending.budgetsOf('key 3c')).toEqual([]);
  });

  it('is known to the next one who opens the file, under its id and not its name', async () => {
    const { open, set } = await setUp();
    const first = await open({ holders: [LAPTOP] });
    for (const budget of first.budgetsOf('key 1a')) budget.reserve(0.5)?.settle(0.5);
    first.close();
    const again = await open({ holders: [{ ...LAPTOP, name: 'key renamed' }, PHONE] });
    expect(again.budgetsOf('key 1a').map((budget) => budget.left())).toEqual([0.5, 2.5]);
    set('2026-02-01T00:00:00.000Z');
    expect(again.budgetsOf('key 1a').map((budget) => budget.left())).toEqual([1, 3]);
  });

  it('needs no file where nobody is limited', async () => {
    const { open, dir } = await setUp({ day: 1 });
    rmSync(dir, { recursive: true });
    const broken = () => Promise.reject(new Error('not to be loaded'));
    const spending = await open({ day: null, holders: [{ ...LAPTOP, day: null, month: null }], loadModule: broken });
    expect([spending.budgets, spending.budgetsOf('key 1a')]).toEqual([[], []]);
  });

  it('can not be counted without the file, and says what to change', async () => {
    const { open } = await setUp();
    const why = "the database module libsql can't be loaded on plan9-pdp11: no";
    const { budgetsOf } = await open({ holders: [PHONE], loadModule: () => Promise.reject(new DatabaseTrouble('unusable', why)) });
    const [budget] = budgetsOf('key 2b');
    expect([budget?.left(), budget?.reserve(0.01)]).toEqual([0, null]);
    expect(budget?.hint).toBe(
      `spending can't be counted: ${why}; repair it, move the file away to count from 0, or take budget.day of key phone out of the configuration`,
    );
  });
});

describe('a budget of several processes', () => {
  const SPENDER = `
    import { createSpending } from './src/store/spending.js';
    const [dir, runs, wait] = process.argv.slice(2);
    const clock = () => new Date('2026-01-31T12:00:00.000Z');
    const holders = [{ id: 'key 1a', name: 'key laptop', day: 1, month: null }];
    createSpending({ dir, day: 1, month: null, holders, clock, onNote: (note) => console.log(note.message) }).then((spending) => {
      const [budget] = wait === 'held' ? spending.budgetsOf('key 1a') : spending.budgets;
      process.stdin.once('data', () => {
        let granted = 0;
        for (let i = 0; i < Number(runs); i++) if (budget.reserve(0.01)) granted += 1;
        console.log(granted);
        if (!wait) process.stdin.unref();
      });
      console.log('ready');
    });`;

  it('can not be overspent by all together', async () => {
    const { budget, dir, notes } = await setUp({ day: 1 });
    const start = await program(SPENDER);
    const running = Array.from({ length: 5 }, () => start(dir, '40'));
    await Promise.all(running.map(({ child }) => new Promise((resolve) => child.stdout?.once('data', resolve))));
    for (const { child } of running) child.stdin?.write('go');
    const granted = (await Promise.all(running.map(({ done }) => done))).map((out) => Number(out.replace('ready\n', '')));
    expect(granted.reduce((sum, n) => sum + n)).toBe(100);
    expect(budget.left()).toBe(0);
    expect(notes).toEqual([]);
  });

  it.each(['wait', 'held'])('counts what a process had reserved when it was killed (%s)', async (kind) => {
    const holders = [{ id: 'key 1a', name: 'key phone', day: 1, month: null }];
    const { open, dir } = await setUp();
    const spending = await open({ day: 1, holders });
    const [user] = spending.budgets;
    const [holder] = spending.budgetsOf('key 1a');
    const [budget, other] = kind === 'held' ? [holder, user] : [user, holder];
    const start = await program(SPENDER);
    const { child, done } = start(dir, '25', kind);
    const told = () => new Promise((resolve) => child.stdout?.once('data', resolve));
    await told();
    child.stdin?.write('go');
    await told();
    child.kill('SIGKILL');
    await done;
    expect([budget?.left(), other?.left()]).toEqual([0.75, 1]);
    expect(budget?.reserve(0.76)).toBeNull();
  });
});

describe('a budget that can not be counted', () => {
  const NOTE = (why: string) => [{ code: 'budget_unusable', message: `no money can be spent under a budget: ${why}` }];

  it.each<[string, (path: string) => void, (path: string) => string]>([
    ['is damaged', (path) => writeFileSync(path, 'no database '.repeat(100)), (path) => `${path} is damaged`],
    [
      'is of a newer mom',
      (path) => {
        const database = new Libsql(path);
        database.pragma('user_version = 9');
        database.close();
      },
      (path) => `${path} was made by a newer mom (layout 9, this mom knows 2)`,
    ],
  ])('because its file %s lets nothing be spent, and leaves the file alone', async (_what, damage, why) => {
    const dir = newFolder();
    const path = join(dir, 'mom.db');
    damage(path);
    const { budget, notes } = await setUp({ dir, day: 5 });
    expect([budget.left(), budget.reserve(0.01)]).toEqual([0, null]);
    expect(budget.hint).toBe(
      `spending can't be counted: ${why(path)}; repair it, move the file away to count from 0, or take budget.day out of the configuration`,
    );
    expect(notes).toEqual(NOTE(why(path)));
    rmSync(path);
    expect(budget.reserve(0.01)).not.toBeNull();
    expect(budget.left()).toBe(4.99);
    expect(budget.hint).toContain('free again');
  });

  it('for want of the database module lets nothing be spent', async () => {
    const why = "the database module libsql can't be loaded on plan9-pdp11: no";
    const { budget, notes } = await setUp({ day: 5, loadModule: () => Promise.reject(new DatabaseTrouble('unusable', why)) });
    expect([budget.left(), budget.reserve(0)]).toEqual([0, null]);
    expect(budget.hint).toContain(why);
    expect(notes).toEqual(NOTE(why));
  });

  it('while a call runs neither throws nor loses the reservation', async () => {
    const opened: InstanceType<typeof Libsql>[] = [];
    class Watched {
      constructor(path: string, options: object) {
        const database = new Libsql(path, options);
        opened.push(database);
        // biome-ignore lint/correctness/noConstructorReturn: stands for the database itself
        return database as never;
      }
    }
    const { budget, notes, path } = await setUp({ day: 1, loadModule: async () => Watched as unknown as typeof Libsql });
    const reservation = budget.reserve(0.5);
    opened[0]?.pragma('query_only = 1');
    expect(reservation?.grow(0.1)).toBe(false);
    reservation?.settle(0.1);
    expect(budget.reserve(0.1)).toBeNull();
    expect(notes).toEqual(NOTE(`${path}: it may not be written`));
    opened[0]?.pragma('query_only = 0');
    expect(budget.left()).toBe(0.5);
  });

  it('because its file was deleted goes on counting for this process', async () => {
    const { budget, dir, notes } = await setUp({ day: 1 });
    budget.reserve(0.5);
    rmSync(dir, { recursive: true });
    expect(budget.reserve(0.6)).toBeNull();
    expect(budget.reserve(0.5)).not.toBeNull();
    expect(notes).toEqual([]);
  });
});

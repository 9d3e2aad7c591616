import { join } from 'node:path';
import Libsql from 'libsql';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../src/store/database.js';
import { createHistory } from '../../src/store/history/history.js';
import { momDbPath, openMomDb } from '../../src/store/mom-db.js';
import { createSpending } from '../../src/store/spending.js';
import { newStore } from './history/support.js';
import { newFolder, notebook, standingClock } from './support.js';

function open(path: string) {
  const database = openMomDb(Libsql, path, 50);
  onTestFinished(() => {
    database.close();
  });
  return database;
}

async function budget(dir: string) {
  const { notes, onNote } = notebook();
  const spending = await createSpending({ dir, day: 5, month: null, clock: standingClock().clock, onNote });
  onTestFinished(() => spending.close());
  return { left: () => spending.budgets[0]?.left(), spend: (usd: number) => spending.budgets[0]?.reserve(usd), notes };
}

describe('the file of runs and budgets', () => {
  it('may be opened for budgets first', async () => {
    const store = newStore();
    const { spend, left, notes } = await budget(store.dir);
    spend(2);
    store.keep({});
    expect([store.history().list({}, 9).length, left(), notes]).toEqual([1, 3, []]);
  });

  it('may be opened for runs first', async () => {
    const store = newStore();
    store.keep({});
    const { spend, left, notes } = await budget(store.dir);
    spend(2);
    expect([left(), notes]).toEqual([3, []]);
  });

  it('of a mom that knew budgets only keeps these, and can shrink once it was pruned', async () => {
    const dir = join(newFolder(), 'mom');
    const path = momDbPath(dir);
    const table = 'CREATE TABLE spent (period TEXT PRIMARY KEY, nano INTEGER NOT NULL) WITHOUT ROWID';
    const former = openDatabase(Libsql, { path, migrations: [table], busyTimeout: 50 });
    former.exec("INSERT INTO spent VALUES ('2026-01-31', 4000000000)");
    former.close();
    const { left, notes } = await budget(dir);
    expect([left(), notes]).toEqual([1, []]);
    const database = open(path);
    expect(database.pragma('user_version')).toEqual([{ user_version: 2 }]);
    expect(database.pragma('auto_vacuum')).toEqual([{ auto_vacuum: 0 }]);
    database.exec("INSERT INTO runs VALUES (1, 'x', 'ask', NULL, 0, 'default', 'complete')");
    expect(createHistory(path, database).prune(new Date())).toBe(1);
    expect(open(path).pragma('auto_vacuum')).toEqual([{ auto_vacuum: 2 }]);
    expect(left()).toBe(1);
  });
});

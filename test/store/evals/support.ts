import Libsql from 'libsql';
import { onTestFinished } from 'vitest';
import type { EvalStore } from '../../../src/core/eval/store.js';
import { openEvals } from '../../../src/store/evals/open.js';
import { newFolder } from '../support.js';

/** A place of its own for evaluations. */
export function newEvals() {
  const dir = newFolder();
  const notes: string[] = [];
  const open = async (): Promise<EvalStore> => {
    const store = await openEvals(dir, ({ message }) => notes.push(message));
    onTestFinished(() => store.close());
    return store;
  };
  const path = `${dir}/evals.db`;
  /** A look from outside. */
  const look = (sql: string) => {
    const database = new Libsql(path);
    try {
      return database.prepare(sql).all();
    } finally {
      database.close();
    }
  };
  return { dir, path, open, notes, look };
}

import { tmpdir } from 'node:os';
import { reasonOf } from '../../core/error.js';
import type { EvalStore } from '../../core/eval/store.js';
import type { Warning } from '../../core/run.js';
import { loadDatabaseModule } from '../database.js';
import { createDisk } from './disk.js';
import { createEvalStore } from './eval-store.js';
import { evalsDbPath, openEvalsDb, openPassingDb } from './evals-db.js';
import { forgetLatest, latestFile, writeLatest } from './latest-file.js';
import { evalsFailed, passingFailed } from './trouble.js';

/**
 * The evaluations that are kept in this folder.
 * @param onNote told that the gateway can't be shown a report, which stops nothing
 * @throws MomError `store_failed`
 */
export async function openEvals(dir: string, onNote: (note: Warning) => void): Promise<EvalStore> {
  const path = evalsDbPath(dir);
  const failed = (error: unknown) => evalsFailed(path, error);
  const note = (failed: string, work: () => void) => {
    try {
      work();
    } catch (error) {
      onNote({ code: 'metrics_stale', message: `/metrics of mom serve ${failed}: ${reasonOf(error)}` });
    }
  };
  try {
    return createEvalStore({
      database: openEvalsDb(await loadDatabaseModule(), path),
      failed,
      disk: createDisk(path),
      onReport: (report) => note('does not show this evaluation', () => writeLatest(latestFile(dir, report.sandbox), report)),
      onPruned: (before) => note('may show one that is forgotten', () => forgetLatest(dir, before)),
    });
  } catch (error) {
    throw failed(error);
  }
}

/** Room for evaluations that nobody finds again, outside of the memory. @throws MomError `store_failed` */
export async function openPassingEvals(): Promise<EvalStore> {
  const folder = tmpdir();
  const failed = (error: unknown) => passingFailed(folder, error);
  const disk = { written: () => undefined, stop: () => undefined };
  try {
    const database = openPassingDb(await loadDatabaseModule(), folder);
    return createEvalStore({ database, failed, disk, onReport: () => undefined, onPruned: () => undefined });
  } catch (error) {
    throw failed(error);
  }
}

/** How many evaluations started before. @throws MomError `store_failed` */
export async function countOldEvals(dir: string, before: Date): Promise<number> {
  const path = evalsDbPath(dir);
  try {
    const database = openEvalsDb(await loadDatabaseModule(), path);
    try {
      const count = database.prepare('SELECT count(*) AS n FROM evaluations WHERE whole = 1 AND started_ms < ?').get(before.getTime());
      return (count as { n: number }).n;
    } finally {
      database.close();
    }
  } catch (error) {
    throw evalsFailed(path, error);
  }
}

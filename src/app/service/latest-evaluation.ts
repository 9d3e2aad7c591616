import { type Stats, statSync } from 'node:fs';
import type { Env } from '../../config/wishes.js';
import type { LatestEvaluation } from '../../core/eval/latest.js';
import { stateDir } from '../../core/system/xdg.js';
import { latestFile, readLatest } from '../../store/evals/latest-file.js';

/** What the evaluation that was reported last has shown; its file is read only when it is another one than before. */
export function latestEvaluation(env: Env, home: string, sandbox: boolean): () => LatestEvaluation | null {
  const path = latestFile(stateDir(env, home), sandbox);
  let known = '';
  let latest: LatestEvaluation | null = null;
  return () => {
    const mark = markOf(path);
    if (mark !== known) latest = mark === '' ? null : readLatest(path);
    known = mark;
    return latest;
  };
}

/** Empty where there is no file, or none that may be looked at. */
function markOf(path: string): string {
  let stats: Stats | undefined;
  try {
    stats = statSync(path, { throwIfNoEntry: false });
  } catch {
    // The metrics are shown all the same.
  }
  return stats === undefined ? '' : `${stats.ino} ${stats.mtimeMs} ${stats.size}`;
}

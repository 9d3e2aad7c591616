import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { errorLine, toMomError } from '../../core/error.js';
import { syncPrivateFile } from '../../core/system/private-file.js';
import { startImport } from '../history/import-process.js';
import { withHistory } from '../history/open-history.js';
import type { Asking } from './asking.js';

/** Bytes of a journal from which it takes too much time and memory to be taken in while the user waits. */
const LARGE = 1024 * 1024;

/** Takes the run into the store, after the user has the answer; says where it is when it could not be. */
export async function keep({ context, messages }: Asking, journal: string): Promise<void> {
  const size = statSync(journal, { throwIfNoEntry: false })?.size;
  if (size === undefined) {
    if (!(await isInHistory(journal, context))) messages.warn(`the run is lost: its journal ${journal} was deleted while it went on`);
    return;
  }
  if (size > LARGE) {
    // What could go wrong is told by the next command that reads the history.
    startImport(context, 'ignore').on('error', () => {});
    return;
  }
  const { keepRun } = await import('../../app/history.js');
  const place = { env: context.env, home: context.home, onNote: (note: { message: string }) => messages.warn(note.message) };
  const trouble = await keepRun(place, journal).catch(toMomError);
  if (!trouble) return;
  // Nothing else holds the run now.
  syncPrivateFile(journal);
  messages.warn(`the run is not in the history yet, its journal is ${journal}: ${errorLine(trouble)}`);
}

/** True where another process, which takes in all runs that are over, was faster. */
function isInHistory(journal: string, context: Asking['context']): Promise<boolean> {
  const id = basename(journal, '.jsonl');
  return withHistory(context, (history) => history.find(id)).then(
    () => true,
    () => false,
  );
}

import { existsSync } from 'node:fs';
import { errorLine, toMomError } from '../../core/error.js';
import { syncPrivateFile } from '../../observe/private-file.js';
import type { Asking } from './asking.js';

/** Takes the run into the store, after the user has the answer; says where it is when it could not be. */
export async function keep({ context: { env, home }, messages }: Asking, journal: string): Promise<void> {
  // One that could not be written has been told of.
  if (!existsSync(journal)) return;
  const { keepRun } = await import('../../app/history.js');
  const place = { env, home, onNote: (note: { message: string }) => messages.warn(note.message) };
  const trouble = await keepRun(place, journal).catch(toMomError);
  if (!trouble) return;
  // Nothing else holds the run now.
  syncPrivateFile(journal);
  messages.warn(`the run is not in the history yet, its journal is ${journal}: ${errorLine(trouble)}`);
}

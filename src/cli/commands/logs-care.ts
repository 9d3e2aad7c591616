import { existsSync } from 'node:fs';
import type { Writable } from 'node:stream';
import type { Warning } from '../../core/run.js';
import { type CliContext, type Exit, SUCCESS } from '../context.js';
import { withHistory } from '../history/open-history.js';
import { forgetPages } from '../history/page-file.js';
import { jsonLine } from '../output/json.js';
import { usageError } from '../usage.js';
import { messagesOf } from '../view/messages.js';
import { screenOf } from '../view/screen.js';

/** `mom logs path`: the store's file, whether it is there yet or not. */
export async function path(context: CliContext): Promise<Exit> {
  const { historyPath } = await import('../../app/history.js');
  const file = historyPath(context);
  context.stdout.write(`${file}\n`);
  if (!existsSync(file)) messagesOf(context).note('nothing is kept there yet');
  return SUCCESS;
}

/** `mom logs prune`: forgets old runs and evaluations. */
export async function prune(given: object, context: CliContext): Promise<Exit> {
  const { olderThan, dryRun } = given as { olderThan?: Date; dryRun?: boolean };
  if (olderThan === undefined) throw usageError('mom logs prune needs to know how old', 'mom logs prune --older-than 90d');
  const messages = messagesOf(context);
  const runs = await withHistory(context, (history) => {
    if (!dryRun) return history.prune(olderThan);
    const all = history.list({}, Number.MAX_SAFE_INTEGER);
    return all.filter(({ started_at }) => Date.parse(started_at) < olderThan.getTime()).length;
  });
  const { forgetEvaluations } = await import('../../app/eval/open-store.js');
  const place = { env: context.env, home: context.home, onNote: ({ message }: Warning) => messages.warn(message) };
  const evaluations = await forgetEvaluations(place, olderThan, dryRun === true);
  const counts = [countOf(runs, 'run'), ...(evaluations === 0 ? [] : [countOf(evaluations, 'evaluation')])].join(' and ');
  messages.note(`${counts} ${dryRun ? 'would be forgotten' : 'forgotten'}`);
  if (!dryRun) forgetPages(context, olderThan);
  return SUCCESS;
}

/** `mom logs export`: whole runs as JSON Lines, the oldest first; however many there are, few of them are in memory. */
export async function exportRuns(given: object, context: CliContext): Promise<Exit> {
  const { since } = given as { since?: Date };
  const screen = screenOf(context);
  await withHistory(context, async (history) => {
    for (const run of history.all(since ?? null)) {
      if (!(await written(jsonLine({ schema_version: 1, ...run }, screen), context.stdout))) return;
    }
  });
  return SUCCESS;
}

/** Resolves when the text is with the system; false when it never will be, as after its reader went away. */
function written(text: string, stdout: Writable): Promise<boolean> {
  return new Promise((resolve) => stdout.write(text, (error) => resolve(!error)));
}

/** `mom logs import`: takes in the journals of runs that are over. */
export async function importJournals(context: CliContext): Promise<Exit> {
  const app = await import('../../app/history.js');
  const messages = messagesOf(context);
  const { runs, died } = await app.importJournals({
    env: context.env,
    home: context.home,
    onNote: ({ message }) => messages.warn(message),
  });
  const cut = died === 0 ? '' : `, ${died} of them cut short`;
  messages.note(`${countOf(runs, 'run')} taken in${cut}`);
  return SUCCESS;
}

function countOf(count: number, noun: string): string {
  return `${count} ${count === 1 ? noun : `${noun}s`}`;
}

import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import type { Env } from '../config/wishes.js';
import { isMomError, type MomError } from '../core/error.js';
import type { History, Imported, RunUnderWay, StoreHealth } from '../core/history.js';
import type { Warning } from '../core/run.js';
import { journalsDir, stateDir } from '../core/system/xdg.js';
import { createHistory } from '../store/history/history.js';
import { HistoryFile } from '../store/history/history-file.js';
import { type ImportOptions, importFolder, NO_LIMIT } from '../store/history/import.js';
import { journalNames } from '../store/history/journals.js';
import { storeFailed } from '../store/history/trouble.js';
import { runUnderWay } from '../store/history/under-way.js';
import { momDbPath } from '../store/mom-db.js';

export interface HistoryPlace {
  env: Env;
  home: string;
  /** Told what is lost or could not be read, which stops nothing. */
  onNote: (note: Warning) => void;
}

/** Milliseconds to wait for another process: where the user wants to see something, and where they already have their answer. */
const PATIENCE = { reading: 2_000, keeping: 800 } as const;

/** What is read of waiting journals after an answer; the rest is left to a command that reads the history. */
const ASIDE_LIMIT = { files: 4, bytes: 256 * 1024 } as const;

/** Where the store is, whether anything is kept there yet or not. */
export function historyPath(place: Pick<HistoryPlace, 'env' | 'home'>): string {
  return where(place).path;
}

/** The store, with the journals of runs that are over taken in. @throws MomError `store_failed` */
export async function openHistory(place: HistoryPlace): Promise<History> {
  const { path, runs } = where(place);
  if (!existsSync(path) && !hasJournals(path, runs)) return createHistory(path, null);
  const file = await openFile(path);
  try {
    tell(place, importFolder({ dir: runs, open: () => file.open(), clock: () => new Date(), limit: NO_LIMIT }));
  } catch (error) {
    const { message, hint } = storeFailed(path, error);
    place.onNote({ code: 'runs_wait', message: `the latest runs are not in the history yet: ${message}; ${hint}` });
  }
  return createHistory(path, file.database);
}

/** The store as it is: for completion, which has no time to take in journals. @throws MomError `store_failed` */
export async function readHistory(place: HistoryPlace): Promise<History> {
  const { path } = where(place);
  return createHistory(path, existsSync(path) ? (await openFile(path)).database : null);
}

/** Takes in the journals of runs that are over. @throws MomError `store_failed`; the journals are then left as they are */
export async function importJournals(place: HistoryPlace): Promise<Imported> {
  return takeIn(place, NO_LIMIT, PATIENCE.reading);
}

/** Takes in one journal, and what else is waiting if that is soon done. @returns why it could not be: the journal is then left as it is */
export async function keepRun(place: HistoryPlace, journal: string): Promise<MomError | null> {
  try {
    await takeIn(place, ASIDE_LIMIT, PATIENCE.keeping, basename(journal));
    return null;
  } catch (error) {
    return isMomError(error) ? error : storeFailed(where(place).path, error);
  }
}

/** The run whose id begins so and that is still going on, in the shell or the gateway; null where there is none. */
export function findUnderWay({ env, home }: Pick<HistoryPlace, 'env' | 'home'>, prefix: string): RunUnderWay | null {
  return runUnderWay(journalsDir(env, home), prefix);
}

/** How the store is. Never throws. */
export async function storeHealth(place: HistoryPlace): Promise<StoreHealth> {
  const { path, runs } = where(place);
  const { inspect } = await import('../store/history/health.js');
  return inspect(path, runs, PATIENCE.reading);
}

async function takeIn(place: HistoryPlace, limit: ImportOptions['limit'], patience: number, mine?: string): Promise<Imported> {
  const { path, runs } = where(place);
  const file = new HistoryFile(path, patience);
  try {
    if (journalNames(runs).length === 0) return { runs: 0, died: 0, unreadable: [], denied: [] };
    await file.load();
    const open = () => file.open();
    const imported = importFolder({ dir: runs, open, clock: () => new Date(), limit, ...(mine === undefined ? {} : { mine }) });
    tell(place, imported);
    return imported;
  } catch (error) {
    throw storeFailed(path, error);
  } finally {
    file.close();
  }
}

function hasJournals(path: string, runs: string): boolean {
  try {
    return journalNames(runs).length > 0;
  } catch (error) {
    throw storeFailed(path, error);
  }
}

/** The file, open where there is one. */
async function openFile(path: string): Promise<HistoryFile> {
  const file = new HistoryFile(path, PATIENCE.reading);
  try {
    await file.load();
    if (existsSync(path)) file.open();
    return file;
  } catch (error) {
    throw storeFailed(path, error);
  }
}

function where({ env, home }: Pick<HistoryPlace, 'env' | 'home'>): { path: string; runs: string } {
  return { path: momDbPath(stateDir(env, home)), runs: journalsDir(env, home) };
}

function tell({ onNote }: HistoryPlace, { unreadable, denied }: Imported): void {
  for (const path of unreadable) {
    onNote({ code: 'journal_unreadable', message: `a journal can't be read, at least in part, and was set aside: ${path}` });
  }
  for (const path of denied) {
    onNote({ code: 'journal_denied', message: `a journal may not be read, so its runs are not in the history: ${path}` });
  }
}

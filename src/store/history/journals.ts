import { lstatSync, readdirSync, type Stats, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { JournalStart } from '../../core/journal-line.js';
import { journalLines, tailOf } from './journal-lines.js';
import { writerState } from './writer-state.js';

/** A journal that may hold something for the store. */
export interface Journal {
  name: string;
  path: string;
  /** In bytes. */
  size: number;
  /** Nothing more will be written: what is not over in it never will be. */
  isClosed: boolean;
  /** It may be deleted when everything in it is in the store; a writer that may still live would write into nothing. */
  mayGo: boolean;
  /** Nobody is writing it at this moment: what can't be read now never could. */
  isAtRest: boolean;
  /** Of a version before there was a history: nothing tells who writes it, but it holds one run, whose end is its own. */
  isFormer: boolean;
}

const DAY = 24 * 3_600_000;

/** A journal whose writer can't be looked up counts as left behind after so long without a word, in milliseconds; a server may be silent for long. */
const SILENT = { run: DAY, server: 30 * DAY } as const;

/** Longer than anybody takes to write a line (milliseconds). */
const WRITING = 60_000;

const END_BYTES = 256;

/** Doors whose processes write many runs into one file, of which some may be over while others go on. */
const SHARED: ReadonlySet<JournalStart['door']> = new Set<JournalStart['door']>(['serve', 'eval']);

/** The names of all journals in a folder, the oldest first. */
export function journalNames(dir: string): string[] {
  try {
    return readdirSync(dir)
      .filter((name) => name.endsWith('.jsonl'))
      .sort();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(String((error as NodeJS.ErrnoException).code))) return [];
    throw error;
  }
}

/**
 * Looks at one journal.
 * @param isMine its writer says that all runs in it are over
 * @returns null where there is nothing to take in now: a run under way, the journal of a newer mom or of another user, a link, one that is gone
 */
export function lookAt(dir: string, name: string, now: number, isMine: boolean): Journal | null {
  const path = join(dir, name);
  const file = lstatSync(path, { throwIfNoEntry: false });
  if (!file?.isFile() || !isOwn(file, dir)) return null;
  const silent = now - file.mtimeMs;
  const looks = { name, path, size: file.size, isAtRest: silent > WRITING };
  if (file.size === 0) return silent > DAY ? { ...looks, isClosed: true, mayGo: true, isFormer: false } : null;
  const first = firstValue(path);
  if (first?.type !== 'journal.start') return { ...looks, isClosed: silent > DAY, mayGo: true, isFormer: true };
  const start = first as unknown as JournalStart;
  if (start.format !== 1) return null;
  const ended = hasEnded(path);
  const state = ended ? 'dead' : writerState(start);
  const isShared = SHARED.has(start.door);
  if (!isShared && state === 'alive' && !isMine) return null;
  const mayGo = state === 'dead' || (isShared ? state === 'unknown' && silent > SILENT.server : isMine || silent > SILENT.run);
  if (!isShared && !mayGo) return null;
  return { ...looks, isClosed: state === 'dead' || (state === 'unknown' && silent > SILENT.run), mayGo, isFormer: false };
}

/** Where a folder was open to others for a time, they may have put journals there. The owner of the state folder counts on disks that have their own idea of who writes. */
function isOwn({ uid }: Stats, dir: string): boolean {
  return uid === process.geteuid?.() || uid === statSync(dirname(dir)).uid;
}

function firstValue(path: string): Record<string, unknown> | undefined {
  for (const line of journalLines(path, 0)) return line.value;
  return undefined;
}

function hasEnded(path: string): boolean {
  const [last = ''] = tailOf(path, END_BYTES).trimEnd().split('\n').slice(-1);
  return /^\{"type":"journal\.end"[,}]/.test(last);
}

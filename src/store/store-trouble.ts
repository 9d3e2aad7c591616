import { dirname, join } from 'node:path';
import { MomError } from '../core/error.js';
import { type DatabaseTrouble, troubleWith } from './database.js';

/** How a store speaks of itself. */
export interface StoreWords {
  /** What does not work: `the history can't be used`. */
  failed: string;
  /** How it goes on until then. */
  meanwhile: string;
  /** What comes of a damaged file that was moved away. */
  anew: string;
}

/** Any failure of the store at `path` with what to do about it. The file is never moved without the user. */
export function storeTrouble(path: string, error: unknown, words: StoreWords): MomError {
  const trouble = troubleWith(path, error);
  return new MomError('store_failed', `${words.failed}: ${trouble.message}`, { hint: hintFor(path, trouble, words), cause: error });
}

function hintFor(path: string, trouble: DatabaseTrouble, { meanwhile, anew }: StoreWords): string {
  if (trouble.kind === 'damaged') {
    const aside = join(dirname(path), 'damaged');
    return `move it away: mkdir ${aside} && mv ${path}* ${aside}; ${anew}`;
  }
  return `${wayOut(path, trouble)}; ${meanwhile}`;
}

function wayOut(path: string, { kind, cause }: DatabaseTrouble): string {
  if (kind === 'missing') return 'install mom again on this machine';
  if (kind === 'newer') return 'update mom';
  const code = String((cause as { code?: unknown } | undefined)?.code ?? '');
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) return 'try again when the other process is done';
  if (/^(SQLITE_FULL|ENOSPC|EDQUOT)/.test(code)) return 'make room on the disk';
  if (code.startsWith('SQLITE_IOERR')) return 'see whether the disk is full, or broken';
  return `make ${dirname(path)} and what is in it yours and writable, or set XDG_STATE_HOME to another folder`;
}

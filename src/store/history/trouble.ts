import { dirname, join } from 'node:path';
import { MomError } from '../../core/error.js';
import { type DatabaseTrouble, troubleWith } from '../database.js';

/** Any failure of the store at `path` with what to do about it. The file is never moved without the user: budgets stand in it. */
export function storeFailed(path: string, error: unknown): MomError {
  const trouble = troubleWith(path, error);
  return new MomError('store_failed', `the history can't be used: ${trouble.message}`, { hint: hintFor(path, trouble), cause: error });
}

function hintFor(path: string, { kind, cause }: DatabaseTrouble): string {
  if (kind === 'missing') return 'install mom again on this machine; until then runs wait as journals';
  if (kind === 'newer') return 'update mom; until then runs wait as journals';
  if (kind === 'damaged') {
    const aside = join(dirname(path), 'damaged');
    return `move it away: mkdir ${aside} && mv ${path}* ${aside}; waiting runs then go into a new one, and budgets count from 0`;
  }
  const code = String((cause as { code?: unknown } | undefined)?.code ?? '');
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) return 'try again when the other process is done; until then runs wait as journals';
  if (/^(SQLITE_FULL|ENOSPC|EDQUOT)/.test(code)) return 'make room on the disk; until then runs wait as journals';
  if (code.startsWith('SQLITE_IOERR')) return 'see whether the disk is full, or broken; until then runs wait as journals';
  return `make ${dirname(path)} and what is in it yours and writable, or set XDG_STATE_HOME to another folder; until then runs wait as journals`;
}

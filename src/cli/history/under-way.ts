import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { MomError } from '../../core/error.js';
import type { JournalStart } from '../../core/journal-line.js';
import { processExists } from '../../core/system/process.js';
import { journalsDir } from '../../core/system/xdg.js';
import type { CliContext } from '../context.js';

/** Bytes that the first line of a journal has at most. */
const FIRST_LINE = 4_096;

/** The error for a run of the shell that is still going on, which the store does not have yet; null where there is none. */
export function underWay(prefix: string, { env, home }: Pick<CliContext, 'env' | 'home'>): MomError | null {
  const dir = journalsDir(env, home);
  for (const name of journalsOf(dir, prefix)) {
    const pid = writerOf(join(dir, name));
    if (pid === null || !processExists(pid)) continue;
    const id = name.replace(/\.jsonl$/, '');
    return new MomError('input_invalid', `run ${id} is still going on, in process ${pid}`, {
      hint: `wait for its end, or end it first: kill -INT ${pid}`,
    });
  }
  return null;
}

function journalsOf(dir: string, prefix: string): string[] {
  try {
    return readdirSync(dir).filter((name) => name.startsWith(prefix) && name.endsWith('.jsonl'));
  } catch {
    // Nothing has ever been kept.
    return [];
  }
}

/** Null for a journal that is over, or that does not say who writes it. */
function writerOf(path: string): number | null {
  try {
    const [line = ''] = head(path).split('\n', 1);
    const { type, pid } = JSON.parse(line) as Partial<JournalStart>;
    return type === 'journal.start' && Number.isSafeInteger(pid) && Number(pid) > 0 ? Number(pid) : null;
  } catch {
    return null;
  }
}

function head(path: string): string {
  const fd = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(FIRST_LINE);
    return bytes.toString('utf8', 0, readSync(fd, bytes, 0, FIRST_LINE, 0));
  } finally {
    closeSync(fd);
  }
}

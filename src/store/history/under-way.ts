import { join } from 'node:path';
import type { RunUnderWay } from '../../core/history.js';
import type { JournalStart } from '../../core/journal-line.js';
import { journalLines } from './journal-lines.js';
import { journalNames } from './journals.js';
import { writerState } from './writer-state.js';

/** The first run whose id begins so and that a living process still writes into its journal; null where there is none. */
export function runUnderWay(dir: string, prefix: string): RunUnderWay | null {
  for (const name of journalNames(dir)) {
    try {
      const found = inJournal(join(dir, name), prefix);
      if (found !== null) return found;
    } catch {
      // Its process has ended meanwhile, or it may not be read.
    }
  }
  return null;
}

/** Of the shell's journals each holds one run; that of a gateway holds many, of which some are over. */
function inJournal(path: string, prefix: string): RunUnderWay | null {
  let writer: JournalStart | null = null;
  const open = new Set<string>();
  for (const { value } of journalLines(path, 0)) {
    if (writer === null) {
      if (value?.type !== 'journal.start') return null;
      writer = value as unknown as JournalStart;
      if (writerState(writer) === 'dead') return null;
    }
    const id = String(value?.run_id);
    if (!id.startsWith(prefix)) continue;
    if (value?.type === 'run.origin') open.add(id);
    if (value?.type === 'run.end') open.delete(id);
  }
  const [id] = open;
  return writer === null || id === undefined ? null : { id, pid: writer.pid, door: writer.door };
}

import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { JournalStart } from '../../core/journal-line.js';

/** Whether the process that writes a journal still runs; `unknown` for one of another machine, or whose number may be another's. */
export function writerState({
  pid,
  process_start: start,
  host,
}: Pick<JournalStart, 'pid' | 'process_start' | 'host'>): 'alive' | 'dead' | 'unknown' {
  if (host !== hostname()) return 'unknown';
  if (!exists(pid)) return 'dead';
  const now = processStart(pid);
  if (start === null || now === null) return pid === process.pid ? 'alive' : 'unknown';
  return now === start ? 'alive' : 'dead';
}

/** In ticks since the machine was started; null where the system does not tell it. */
function processStart(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field is the program's name in brackets, which may hold anything; the start is the 22nd.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

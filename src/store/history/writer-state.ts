import { hostname } from 'node:os';
import type { JournalStart } from '../../core/journal-line.js';
import { processExists, processStart } from '../../core/system/process.js';

/** Whether the process that writes a journal still runs; `unknown` for one of another machine, or whose number may be another's. */
export function writerState({
  pid,
  process_start: start,
  host,
}: Pick<JournalStart, 'pid' | 'process_start' | 'host'>): 'alive' | 'dead' | 'unknown' {
  if (host !== hostname()) return 'unknown';
  if (!processExists(pid)) return 'dead';
  const now = processStart(pid);
  if (start === null || now === null) return pid === process.pid ? 'alive' : 'unknown';
  return now === start ? 'alive' : 'dead';
}

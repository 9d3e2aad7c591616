import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunEvent } from '../../src/core/event.js';
import type { JournalLine, OriginLine } from '../../src/core/journal-line.js';
import type { Place } from './cli.js';

/** A run as the journals of a place tell it. */
export interface JournalRun {
  first: OriginLine;
  events: RunEvent[];
}

/** Journals stay where they are: nothing can be taken into a store that is a folder. */
export function keepJournals({ state }: Place): void {
  mkdirSync(join(state, 'mom', 'mom.db'), { recursive: true, mode: 0o700 });
}

/** Whole lines of all journals; half a line may stand at the end of one that is still written. */
export function journalLines({ state }: Place): JournalLine[] {
  const dir = join(state, 'mom', 'runs');
  if (!existsSync(dir)) return [];
  return readdirSync(dir).flatMap((name) =>
    textOf(join(dir, name))
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as JournalLine),
  );
}

/** Nothing where the store has taken the file in meanwhile. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

export function journalRuns(place: Place): JournalRun[] {
  const lines = journalLines(place);
  const own = (id: string) => lines.filter((line): line is RunEvent => 't_ms' in line && line.run_id === id);
  return lines.flatMap((line) => (line.type === 'run.origin' ? [{ first: line, events: own(line.run_id) }] : []));
}

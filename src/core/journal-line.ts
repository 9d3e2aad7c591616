import type { RunEvent } from './event.js';
import type { RunOrigin } from './history.js';

/**
 * The journal, format 1: JSON Lines. The first line of a file says who writes it; each run then begins with its origin,
 * followed by its events (those of `answer.delta` are left out: they repeat the writer's). The last line says that nothing
 * more will come. A file without it belongs to a process that still writes, or that has died.
 */
export type JournalLine = JournalStart | OriginLine | RunEvent | JournalEnd;

export interface JournalStart {
  type: 'journal.start';
  format: 1;
  /** Version of mom. */
  mom: string;
  door: RunOrigin['door'];
  pid: number;
  /** When the process began, in the units of its system: tells it from a later one with the same number. Null where that is not known. */
  process_start: string | null;
  host: string;
}

/** Where a run comes from; before its `run.start`. */
export interface OriginLine {
  type: 'run.origin';
  run_id: string;
  origin: RunOrigin;
  /** False: texts were left out at the source (`log.content: false`): no messages, and null for every text. */
  content: boolean;
}

/** Every run of the file is over. */
export interface JournalEnd {
  type: 'journal.end';
}

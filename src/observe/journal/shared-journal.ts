import { join } from 'node:path';
import { systemClock } from '../../core/clock.js';
import type { MomError } from '../../core/error.js';
import type { EventSink, RunEvent } from '../../core/event.js';
import type { RunOrigin } from '../../core/history.js';
import { atExit } from '../at-exit.js';
import { createJournalFile, type JournalFile } from './journal-file.js';
import { JournalQueue } from './journal-queue.js';
import { endText, eventsText, journalError, type LineStyle, originText, startText } from './journal-text.js';

/** Milliseconds between writes: what many runs have to tell is gathered meanwhile. */
const FLUSH_EVERY = 500;
/** Characters of runs that are over which are not held back any longer. */
const ENOUGH = 64 * 1024;
/** A file takes no new runs when it is so old (milliseconds) or so long (characters). */
const FULL = { age: 20_000, length: 16 * 1024 * 1024 } as const;
/** A file in which no run is under way is closed after so many milliseconds without a new one. */
const IDLE = 2_000;

export interface SharedJournalOptions {
  /** The folder of all journals; made 0700, and closed to others when it is open to them. */
  dir: string;
  /** Where all runs of the process come from; the names of the files begin with it. */
  door: 'serve' | 'eval';
  /** Told when a file can't be written: the runs in it go on without it, the next ones try another. */
  onError(error: MomError): void;
  /** A run is over, or a file is whole: there is something to take into the store. */
  onNews(): void;
}

/** The journal of a process in which many runs go on at once. */
export interface SharedJournal {
  /** A reader that keeps one run. Its `close` gives up the run's place in the file. */
  ofRun(runId: string, origin: RunOrigin, style: LineStyle): EventSink;
  /** Ends the files in which no run is under way; the others are written out and left open. */
  close(): void;
}

/**
 * All runs of a process in one append-only file, `<door>-<time>-<process>.jsonl`, their lines mixed: one write in half a second
 * for all of them. Files follow each other, so that each is closed soon after it was begun and can be taken into the store.
 */
export function createSharedJournal({ dir, door, onError, onNews }: SharedJournalOptions): SharedJournal {
  const files = new Set<SharedFile>();
  let current: SharedFile | null = null;

  function fileForNewRun(): SharedFile {
    if (current?.isFull()) current.retire();
    if (current === null || current.isRetired) {
      const onClosed = () => {
        files.delete(file);
        if (current === file) current = null;
      };
      const file = new SharedFile({ path: join(dir, fileName(door)), door, onError, onNews, onClosed });
      files.add(file);
      current = file;
    }
    return current;
  }

  return {
    ofRun: (runId, origin, style) => new SharedRun(runId, origin, style, fileForNewRun),
    close() {
      for (const file of [...files]) file.retire();
    },
  };
}

function fileName(door: string): string {
  return `${door}-${new Date().toISOString().replace(/[-:.]/g, '')}-${process.pid}.jsonl`;
}

/** One run on its way into the file that was open when it began. */
class SharedRun implements EventSink {
  readonly #runId: string;
  readonly #origin: RunOrigin;
  readonly #style: LineStyle;
  readonly #queue = new JournalQueue();
  readonly #fileForNewRun: () => SharedFile;
  #file: SharedFile | null = null;

  constructor(runId: string, origin: RunOrigin, style: LineStyle, fileForNewRun: () => SharedFile) {
    this.#runId = runId;
    this.#origin = origin;
    this.#style = style;
    this.#fileForNewRun = fileForNewRun;
  }

  handle(event: RunEvent): void {
    if (this.#file === null) {
      this.#file = this.#fileForNewRun();
      this.#file.join(this, originText(this.#runId, this.#origin, this.#style));
    }
    if (this.#file.isClosed) return;
    this.#queue.add(event);
    this.#file.flushSoon();
  }

  close(): void {
    this.#file?.leave(this);
  }

  /** The lines that wait. */
  take(): string {
    return this.#queue.isEmpty ? '' : eventsText(this.#queue.take(), this.#style);
  }
}

interface FileOptions extends Pick<SharedJournalOptions, 'door' | 'onError' | 'onNews'> {
  path: string;
  onClosed(): void;
}

/** One file: it takes runs until it is full, and is closed when the last of them is over. */
class SharedFile {
  readonly #options: FileOptions;
  readonly #file: JournalFile;
  readonly #runs = new Set<SharedRun>();
  readonly #begun = systemClock.now();
  readonly #forget: () => void;
  #waiting: string;
  #length = 0;
  #timer: NodeJS.Timeout | null = null;
  #idle: NodeJS.Timeout | null = null;
  isClosed = false;
  /** It takes no new runs. */
  isRetired = false;

  constructor(options: FileOptions) {
    this.#options = options;
    this.#waiting = startText(options.door);
    this.#file = createJournalFile({
      path: options.path,
      beforeSync: () => this.#flush(),
      onError: (error) => this.#fail(error),
    });
    this.#forget = atExit(() => this.#flush());
  }

  isFull(): boolean {
    return this.#length > FULL.length || systemClock.now() - this.#begun > FULL.age;
  }

  join(run: SharedRun, firstLine: string): void {
    if (this.#idle) clearTimeout(this.#idle);
    this.#idle = null;
    this.#runs.add(run);
    this.#waiting += firstLine;
  }

  flushSoon(): void {
    this.#timer ??= setTimeout(() => this.#flush(), FLUSH_EVERY).unref();
  }

  /** What a run has told last becomes text now, run by run, and not all at once at the next write. */
  leave(run: SharedRun): void {
    if (this.isClosed || !this.#runs.delete(run)) return;
    this.#waiting += run.take();
    if (this.#waiting.length > ENOUGH) this.#flush();
    this.#options.onNews();
    if (this.#runs.size > 0) return;
    if (this.isRetired) this.#end();
    else this.#idle = setTimeout(() => this.retire(), IDLE).unref();
  }

  retire(): void {
    this.isRetired = true;
    if (this.#runs.size === 0) this.#end();
    else this.#flush();
  }

  #flush(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.isClosed) return;
    let text = this.#waiting;
    this.#waiting = '';
    for (const run of this.#runs) text += run.take();
    if (text === '') return;
    this.#length += text.length;
    try {
      this.#file.write(text);
    } catch (error) {
      this.#fail(error);
    }
  }

  #end(): void {
    this.#waiting += endText();
    this.#flush();
    if (this.isClosed) return;
    this.#close();
    this.#options.onNews();
  }

  #fail(cause: unknown): void {
    if (this.isClosed) return;
    this.isRetired = true;
    this.#close();
    this.#options.onError(journalError(this.#options.path, cause));
  }

  #close(): void {
    this.isClosed = true;
    for (const timer of [this.#timer, this.#idle]) if (timer) clearTimeout(timer);
    this.#forget();
    this.#file.close({ keeps: true });
    this.#options.onClosed();
  }
}

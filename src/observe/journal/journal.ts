import { join } from 'node:path';
import type { MomError } from '../../core/error.js';
import type { EventSink, RunEvent } from '../../core/event.js';
import type { RunOrigin } from '../../core/history.js';
import { atExit } from '../at-exit.js';
import { createRedactor } from '../redact.js';
import { createJournalFile } from './journal-file.js';
import { JournalQueue } from './journal-queue.js';
import { endText, eventsText, journalError, type LineStyle, originText, startText } from './journal-text.js';

/** Milliseconds until the first lines are written: by then the run's requests have left. */
const FIRST_FLUSH = 50;
/** Milliseconds between later writes while a model is talking. */
const FLUSH_EVERY = 500;

export interface JournalOptions {
  /** The folder of all journals; made 0700, and closed to others when it is open to them. */
  dir: string;
  runId: string;
  origin: RunOrigin;
  /** False: no text of users, models and providers is written, numbers only. @default true */
  content?: boolean;
  /** Keys in use: they are written nowhere. */
  secrets?: readonly string[];
  /** Told once, when the journal can't be written; the run goes on without it. */
  onError(error: MomError): void;
}

export interface Journal extends EventSink {
  /** The file, whether or not it has been made yet. */
  path: string;
}

/**
 * The append-only record of one run, so that nothing paid for is lost: a finished call is in the file before anything else
 * happens, the text of a running one at most half a second later. A kill may leave half a line at the end.
 */
export function createJournal({ dir, runId, origin, content = true, secrets = [], onError }: JournalOptions): Journal {
  const path = join(dir, `${runId}.jsonl`);
  const style: LineStyle = { redactor: createRedactor(secrets), content };
  const queue = new JournalQueue();
  const file = createJournalFile({ path, beforeSync: flush, onError: disable });
  let isOver = false;
  let hasWritten = false;
  let timer: NodeJS.Timeout | null = null;
  let forget: (() => void) | null = null;

  function flush(): void {
    if (timer) clearTimeout(timer);
    timer = null;
    if (isOver || queue.isEmpty) return;
    const text = eventsText(queue.take(), style);
    write(hasWritten ? text : startText(origin.door) + originText(runId, origin, style) + text);
  }

  function write(text: string): void {
    try {
      file.write(text);
      hasWritten = true;
    } catch (error) {
      disable(error);
    }
  }

  function disable(cause: unknown): void {
    if (isOver) return;
    end();
    onError(journalError(path, cause));
  }

  function end(): void {
    isOver = true;
    if (timer) clearTimeout(timer);
    forget?.();
    file.close();
  }

  return {
    path,
    handle(event) {
      if (isOver) return;
      forget ??= atExit(flush);
      queue.add(event);
      if (isUrgent(event)) flush();
      else if (!queue.isEmpty) timer ??= setTimeout(flush, hasWritten ? FLUSH_EVERY : FIRST_FLUSH).unref();
    },
    close() {
      flush();
      if (isOver) return;
      if (hasWritten) write(endText());
      end();
    },
  };
}

/** What has been paid for is written at once. */
function isUrgent({ type }: RunEvent): boolean {
  return type === 'run.end' || type === 'call.end' || type === 'call.billed';
}

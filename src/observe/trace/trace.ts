import { join } from 'node:path';
import { MomError, reasonOf } from '../../core/error.js';
import type { EventSink, RunEvent } from '../../core/event.js';
import { makeFolder } from '../../core/system/make-folder.js';
import { replacePrivateFile } from '../../core/system/private-file.js';
import { atExit } from '../at-exit.js';
import { createRedactor } from '../redact.js';
import { TraceNotes } from './trace-notes.js';
import { traceText } from './trace-text.js';

/** Milliseconds between two writes while the run goes on. */
const WRITE_EVERY = 500;

export interface TraceOptions {
  /** The folder of the traces; made 0700 when it is not there. */
  dir: string;
  /** Keys in use: they are written nowhere. */
  secrets?: readonly string[];
  /** Told once, when the trace can't be written; the run goes on without it. */
  onError(error: MomError): void;
}

export interface Trace extends EventSink {
  /** The file, null as long as there is none. */
  path(): string | null;
}

/**
 * One readable Markdown file per run: who was asked what, what came back and when, the critic's prompt as sent, the
 * answer. It is replaced in one step every half second, so a crash leaves what was known by then.
 */
export function createTrace(options: TraceOptions): Trace {
  const redactor = createRedactor(options.secrets ?? []);
  const notes = new TraceNotes();
  let file: string | null = null;
  let disabled = false;
  let timer: NodeJS.Timeout | null = null;
  let forget: (() => void) | null = null;

  function write(): void {
    if (timer) clearTimeout(timer);
    timer = null;
    const start = notes.start;
    if (disabled || !start) return;
    const path = join(options.dir, `${fileStamp(start.started_at)}-${start.run_id}.md`);
    try {
      makeFolder(options.dir);
      replacePrivateFile(path, redactor.clean(traceText(start, notes)));
      file = path;
    } catch (error) {
      disabled = true;
      options.onError(traceError(path, error));
    }
  }

  return {
    path: () => file,
    handle(event: RunEvent) {
      if (disabled) return;
      forget ??= atExit(write);
      notes.apply(event);
      if (event.type === 'run.end') write();
      else timer ??= setTimeout(write, WRITE_EVERY).unref();
    },
    close() {
      if (timer) write();
      forget?.();
      forget = null;
    },
  };
}

/** `2026-01-31T08-15-00Z`: sorts by time and is a file name everywhere. */
function fileStamp(isoDate: string): string {
  return isoDate.replace(/\.\d+/, '').replaceAll(':', '-');
}

function traceError(path: string, cause: unknown): MomError {
  const reason = reasonOf(cause);
  return new MomError('output_failed', `the trace ${path} could not be written: ${reason}`, {
    hint: 'the run goes on without it; name a folder that can be written with --debug-dir',
    cause,
  });
}

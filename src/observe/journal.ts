import { closeSync } from 'node:fs';
import { join } from 'node:path';
import { MomError } from '../core/error.js';
import type { EventSink, RunEvent } from '../core/event.js';
import { atExit } from './at-exit.js';
import { openPrivateFile, preparePrivateFolder, writeWhole } from './private-file.js';
import type { Redactor } from './redact.js';
import { createRedactor } from './redact.js';

/** Milliseconds until the first lines are written: by then the run's requests have left. */
const FIRST_FLUSH = 50;
/** Milliseconds between later writes while a model is talking, and between all writes where these are gathered. */
const FLUSH_EVERY = 500;

export interface JournalOptions {
  /** The folder of all journals; made 0700, and closed to others when it is open to them. */
  dir: string;
  runId: string;
  /** Keys in use: they are written nowhere. */
  secrets?: readonly string[];
  /** A finished call, too, may wait half a second: for servers, where many runs write at once. @default false */
  gathers?: boolean;
  /** Told once, when the journal can't be written; the run goes on without it. */
  onError(error: MomError): void;
}

export interface Journal extends EventSink {
  /** The file, whether or not it has been made yet. */
  path: string;
}

type DeltaEvent = Extract<RunEvent, { type: 'call.delta' }>;

/**
 * The append-only record of a run, one event a line, so that nothing paid for is lost: a finished call is in the file
 * before anything else happens, the text of a running one at most half a second later. Deltas of one call are joined,
 * what a call's end repeats before it was written is left out, and so is `answer.delta` (its text is the writer's). A
 * kill may leave half a line at the end.
 */
export function createJournal(options: JournalOptions): Journal {
  const path = join(options.dir, `${options.runId}.jsonl`);
  const redactor = createRedactor(options.secrets ?? []);
  let fd: number | null = null;
  let disabled = false;
  let queue: RunEvent[] = [];
  let openDeltas = new Map<string, DeltaEvent>();
  let timer: NodeJS.Timeout | null = null;
  let hasWritten = false;
  let forget: (() => void) | null = null;

  function flush(): void {
    if (timer) clearTimeout(timer);
    timer = null;
    const events = queue;
    queue = [];
    openDeltas = new Map();
    if (disabled || events.length === 0) return;
    try {
      fd ??= open();
      writeWhole(fd, events.map((event) => `${line(event, redactor)}\n`).join(''));
      hasWritten = true;
    } catch (error) {
      disabled = true;
      release();
      options.onError(journalError(path, error));
    }
  }

  function open(): number {
    preparePrivateFolder(options.dir);
    return openPrivateFile(path);
  }

  function release(): void {
    forget?.();
    forget = null;
    if (fd !== null) closeSync(fd);
    fd = null;
  }

  function enqueue(event: RunEvent): void {
    if (event.type === 'call.delta') {
      const last = openDeltas.get(event.call_id);
      if (last?.channel === event.channel) {
        last.text += event.text;
        return;
      }
      const delta = { ...event };
      openDeltas.set(event.call_id, delta);
      queue.push(delta);
      return;
    }
    if (event.type === 'call.restart') openDeltas.delete(event.call_id);
    if (event.type === 'call.end') dropRepeated(event.call.id);
    queue.push(event);
  }

  /** The end of a call holds its whole text. */
  function dropRepeated(callId: string): void {
    const delta = openDeltas.get(callId);
    if (delta?.channel === 'text') queue.splice(queue.indexOf(delta), 1);
    openDeltas.delete(callId);
  }

  function isUrgent({ type }: RunEvent): boolean {
    return type === 'run.end' || (!options.gathers && (type === 'call.end' || type === 'call.billed'));
  }

  return {
    path,
    handle(event) {
      if (disabled || event.type === 'answer.delta') return;
      forget ??= atExit(flush);
      enqueue(event);
      if (isUrgent(event)) flush();
      else timer ??= setTimeout(flush, hasWritten || options.gathers ? FLUSH_EVERY : FIRST_FLUSH).unref();
    },
    close() {
      flush();
      disabled = true;
      release();
    },
  };
}

/** An error or a warning in JSON: inside a text the quotation marks would have a backslash. */
const TROUBLE = /"(?:error|warning)":\{|"warnings":\[\{/;

/** The conversation and the models' texts stay as they were, but for known secrets; errors lose all that looks like a key. */
function line(event: RunEvent, redactor: Redactor): string {
  const carriesConversation = event.type === 'run.start' || event.type === 'call.start' || event.type === 'call.delta';
  const json = JSON.stringify(event);
  // Looking at each field costs more than all the rest, and most events have no error to tell.
  if (carriesConversation || !TROUBLE.test(json)) return redactor.exact(json);
  return redactor.exact(JSON.stringify(event, (key, value: unknown) => cleaned(key, value, redactor)));
}

function cleaned(key: string, value: unknown, redactor: Redactor): unknown {
  if (key === 'error' || key === 'warning') return cleanedMessage(value, redactor);
  if (key === 'warnings' && Array.isArray(value)) return value.map((item: unknown) => cleanedMessage(item, redactor));
  return value;
}

function cleanedMessage(value: unknown, redactor: Redactor): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, typeof field === 'string' ? redactor.clean(field) : field]));
}

function journalError(path: string, cause: unknown): MomError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new MomError('output_failed', `the journal ${path} could not be written: ${reason}`, {
    hint: 'the run goes on without it; make room or set XDG_STATE_HOME to a folder that can be written, or use --no-log',
    cause,
  });
}

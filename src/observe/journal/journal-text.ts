import { hostname } from 'node:os';
import { type ErrorInfo, MomError, reasonOf } from '../../core/error.js';
import type { RunEvent } from '../../core/event.js';
import type { RunOrigin } from '../../core/history.js';
import type { JournalEnd, JournalLine, JournalStart } from '../../core/journal-line.js';
import type { Warning } from '../../core/run.js';
import { processStart } from '../../core/system/process.js';
import type { Redactor } from '../redact.js';
import { retold, type Telling } from './event-trouble.js';
import { numbersOf, numbersOfOrigin } from './journal-numbers.js';

/** How the lines of a run are written. */
export interface LineStyle {
  redactor: Redactor;
  /** False: no text of users, models and providers is written, numbers only. */
  content: boolean;
}

/** The first line of a file. */
export function startText(door: RunOrigin['door']): string {
  const start: JournalStart = {
    type: 'journal.start',
    format: 1,
    mom: MOM_VERSION,
    door,
    pid: process.pid,
    process_start: processStart(process.pid),
    host: hostname(),
  };
  return textOf(start);
}

/** The last line of a file. */
export function endText(): string {
  const end: JournalEnd = { type: 'journal.end' };
  return textOf(end);
}

export function originText(runId: string, origin: RunOrigin, { redactor, content }: LineStyle): string {
  const kept = content ? origin : numbersOfOrigin(origin);
  return redactor.exact(textOf({ type: 'run.origin', run_id: runId, origin: kept, content }));
}

/** The conversation and the models' texts stay as they were, but for known secrets; errors lose all that looks like a key. */
export function eventsText(events: readonly RunEvent[], { redactor, content }: LineStyle): string {
  const clean: Telling = { error: (error) => cleaned(error, redactor), warning: (warning) => cleaned(warning, redactor) };
  let text = '';
  for (const event of events) {
    const kept = content ? retold(event, clean) : numbersOf(event);
    if (kept) text += `${JSON.stringify(kept)}\n`;
  }
  return redactor.exact(text);
}

function cleaned<T extends Warning | ErrorInfo>(trouble: T, { clean }: Redactor): T {
  const hint = 'hint' in trouble && trouble.hint !== null ? { hint: clean(trouble.hint) } : {};
  return { ...trouble, message: clean(trouble.message), ...hint };
}

/** Why a journal is not written. */
export function journalError(path: string, cause: unknown): MomError {
  const reason = reasonOf(cause);
  return new MomError('output_failed', `the journal ${path} could not be written: ${reason}`, {
    hint: 'the run goes on without it; make room or set XDG_STATE_HOME to a folder that can be written, or use --no-log',
    cause,
  });
}

function textOf(line: JournalLine): string {
  return `${JSON.stringify(line)}\n`;
}

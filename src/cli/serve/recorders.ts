import { existsSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Service } from '../../app/service/service.js';
import { systemClock } from '../../core/clock.js';
import { MomError } from '../../core/error.js';
import type { EventSink } from '../../core/event.js';
import { journalsDir } from '../../core/system/xdg.js';
import type { LineStyle } from '../../observe/journal/journal-text.js';
import { createSharedJournal, type SharedJournal } from '../../observe/journal/shared-journal.js';
import { createRedactor } from '../../observe/redact.js';
import type { RecordersOf, RunSource } from '../../server/context.js';
import type { CliContext } from '../context.js';
import type { ServeFlags } from './flags.js';
import { createImporter } from './importer.js';
import { oncePerCause } from './once-per-cause.js';

/** Who keeps a record of each run: the journal, and a trace where one is wanted. */
export interface Recorders {
  of: RecordersOf;
  /** From now on as this service is set up. */
  follow(service: Service): Promise<void>;
  /** Ends the journals, and has them taken into the store. */
  close(): Promise<void>;
}

export function createRecorders(flags: ServeFlags, context: CliContext, warn: (message: string) => void): Recorders {
  const onError = oncePerCause(warn, systemClock);
  const onImportError = onError('store');
  const importer = createImporter({
    context,
    clock: systemClock,
    onError: (complaint) => onImportError(importError(complaint)),
  });
  const dir = journalsDir(context.env, context.home);
  const journal = createSharedJournal({
    dir,
    door: 'serve',
    onError: onError('journal'),
    onNews: importer.due,
  });
  let isFirst = true;
  let make: (runId: string, source: RunSource) => EventSink[] = () => [];
  return {
    of: (runId, source) => make(runId, source),
    async follow(service) {
      const keep = flags.log ? keeper(journal, service, flags.sandbox === true) : null;
      // A gateway that died has left what nobody else may take in.
      if (isFirst && keep !== null && hasFiles(dir)) importer.due();
      isFirst = false;
      const traces = traceFolder(flags, context, service.settings);
      const trace = traces === null ? null : (await import('../../observe/trace/trace.js')).createTrace;
      make = (runId, source) => [
        ...(keep === null ? [] : [keep(runId, source)]),
        ...(trace === null || traces === null ? [] : [trace({ dir: traces, secrets: service.secrets, onError: onError('trace') })]),
      ];
    },
    async close() {
      journal.close();
      await importer.close();
    },
  };
}

/** Null where nothing is kept. */
function keeper(journal: SharedJournal, service: Service, sandbox: boolean) {
  const { settings } = service;
  if (settings.log === 'nothing') return null;
  let { secrets } = service;
  let style: LineStyle = { redactor: createRedactor(secrets), content: settings.log === 'full' };
  return (runId: string, source: RunSource) => {
    // A key command that was run since then has added its key.
    if (service.secrets.length !== secrets.length) {
      secrets = service.secrets;
      style = { ...style, redactor: createRedactor(secrets) };
    }
    return journal.ofRun(runId, { ...source, sandbox }, style);
  };
}

function hasFiles(dir: string): boolean {
  return existsSync(dir) && readdirSync(dir).length > 0;
}

function traceFolder(flags: ServeFlags, { cwd }: CliContext, settings: Service['settings']): string | null {
  if (flags.debugDir !== undefined) return resolve(cwd, flags.debugDir);
  return flags.debugRequests || settings.debugRequests ? settings.debugDir : null;
}

function importError(complaint: string): MomError {
  return new MomError('store_failed', `runs could not be taken into the store: ${complaint}`, {
    hint: 'their journals wait for the next try; `mom doctor` says what is wrong with the store',
  });
}

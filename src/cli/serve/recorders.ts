import { join, resolve } from 'node:path';
import type { Service } from '../../app/service.js';
import { systemClock } from '../../core/clock.js';
import type { EventSink } from '../../core/event.js';
import { stateDir } from '../../core/xdg.js';
import { createJournal } from '../../observe/journal.js';
import type { CliContext } from '../context.js';
import type { ServeFlags } from './flags.js';
import { oncePerCause } from './once-per-cause.js';

/** Who keeps a record of each run: the journal, and a trace where one is wanted. */
export interface Recorders {
  of(runId: string): readonly EventSink[];
  /** From now on as this service is set up. */
  follow(service: Service): Promise<void>;
}

export function createRecorders(flags: ServeFlags, context: CliContext, warn: (message: string) => void): Recorders {
  let make: (runId: string) => EventSink[] = () => [];
  const onError = oncePerCause(warn, systemClock);
  return {
    of: (runId) => make(runId),
    async follow({ settings, secrets }) {
      const journals = flags.log && settings.log ? join(stateDir(context.env, context.home), 'runs') : null;
      const traces = traceFolder(flags, context, settings);
      const trace = traces === null ? null : (await import('../../observe/trace.js')).createTrace;
      make = (runId) => [
        ...(journals === null ? [] : [createJournal({ dir: journals, runId, secrets, gathers: true, onError: onError('journal') })]),
        ...(trace === null || traces === null ? [] : [trace({ dir: traces, secrets, onError: onError('trace') })]),
      ];
    },
  };
}

function traceFolder(flags: ServeFlags, { cwd }: CliContext, settings: Service['settings']): string | null {
  if (flags.debugDir !== undefined) return resolve(cwd, flags.debugDir);
  return flags.debugRequests || settings.debugRequests ? settings.debugDir : null;
}

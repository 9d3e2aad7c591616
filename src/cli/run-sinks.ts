import { resolve } from 'node:path';
import type { App } from '../app.js';
import type { EventSink } from '../core/event.js';
import type { RunOrigin } from '../core/history.js';
import { journalsDir } from '../core/system/xdg.js';
import { createJournal } from '../observe/journal/journal.js';
import type { Order } from './ask/order.js';
import type { AskFlags } from './commands/ask-flags.js';
import type { CliContext } from './context.js';
import { usesColor } from './view/color.js';
import type { Messages } from './view/messages.js';

interface Wanted {
  app: App;
  flags: AskFlags;
  context: CliContext;
  messages: Messages;
  id: string;
  order: Order;
}

/** Who reads along beside stdout. */
export interface RunSinks {
  progress: (EventSink & { stop(): void }) | null;
  record: EventSink[];
  /** Null where there is none, or it could not be written, which has been told. */
  journalPath: string | null;
}

export async function runSinks({ app, flags, context, messages, id, order }: Wanted): Promise<RunSinks> {
  const onError = (error: Error) => messages.warn(error.message);
  const record: EventSink[] = [];
  const sinks: RunSinks = { progress: null, record, journalPath: null };
  if (flags.log && app.settings.log !== 'nothing') {
    const dir = journalsDir(context.env, context.home);
    const content = app.settings.log === 'full';
    const onJournalError = (error: Error) => {
      sinks.journalPath = null;
      onError(error);
    };
    const journal = createJournal({
      dir,
      runId: id,
      origin: originOf(id, order, flags),
      content,
      secrets: app.secrets,
      onError: onJournalError,
    });
    sinks.journalPath = journal.path;
    record.push(journal);
  }
  if (flags.debugRequests || flags.debugDir !== undefined || app.settings.debugRequests) {
    const { createTrace } = await import('../observe/trace/trace.js');
    const dir = flags.debugDir === undefined ? app.settings.debugDir : resolve(context.cwd, flags.debugDir);
    record.push(createTrace({ dir, secrets: app.secrets, onError }));
  }
  if (flags.verbose) {
    const { createVerbose } = await import('./view/verbose.js');
    record.push(createVerbose((line) => messages.note(line)));
  }
  const showsProgress = context.stderrIsTTY && context.env.TERM !== 'dumb' && !flags.quiet && !flags.verbose;
  const color = usesColor(context, flags.color ?? 'auto');
  sinks.progress = showsProgress ? await (await import('./view/progress.js')).createProgressLine(context.stderr, color) : null;
  return sinks;
}

function originOf(id: string, { choice, format, earlier }: Order, flags: AskFlags): RunOrigin {
  return {
    door: 'ask',
    client: null,
    sandbox: flags.sandbox === true,
    parent: earlier?.run.summary.id ?? null,
    link: earlier?.link ?? null,
    conversation: earlier?.run.summary.conversation ?? id,
    choice: { ...choice },
    format,
    tools: false,
  };
}

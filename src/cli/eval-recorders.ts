import type { Keeping } from '../app/eval/evaluation.js';
import { systemClock } from '../core/clock.js';
import type { EventSink } from '../core/event.js';
import type { RunOrigin } from '../core/history.js';
import { journalsDir } from '../core/system/xdg.js';
import type { LineStyle } from '../observe/journal/journal-text.js';
import { createSharedJournal } from '../observe/journal/shared-journal.js';
import { createRedactor } from '../observe/redact.js';
import type { CliContext } from './context.js';
import { startImport } from './history/import-process.js';
import { oncePerCause } from './serve/once-per-cause.js';
import { messagesOf } from './view/messages.js';

/** Who keeps a record of the runs of an evaluation, so that they stand in the costs like all others. */
export interface EvalRecorders {
  of(runId: string, keeping: Keeping): EventSink[];
  /** Ends the journals, and has them taken into the history; nobody waits for that. */
  close(): Promise<void>;
}

/** Numbers only: the texts stand with the evaluation. */
export function createEvalRecorders(context: CliContext, { sandbox = false }: { sandbox?: boolean }): EvalRecorders {
  const messages = messagesOf(context);
  let hasNews = false;
  const journal = createSharedJournal({
    dir: journalsDir(context.env, context.home),
    door: 'eval',
    onError: oncePerCause((message) => messages.warn(message), systemClock)('journal'),
    onNews: () => {
      hasNews = true;
    },
  });
  const styleOf = rememberedStyle();
  return {
    of: (runId, { nothing, secrets }) => (nothing ? [] : [journal.ofRun(runId, originOf(runId, sandbox), styleOf(secrets))]),
    async close() {
      journal.close();
      // What could go wrong is told by the next command that reads the history.
      if (hasNews) startImport(context, 'ignore').on('error', () => {});
    },
  };
}

/** A style for each state of the secrets: to make one for every run would take longer than to write its lines. */
function rememberedStyle(): (secrets: readonly string[]) => LineStyle {
  let known: readonly string[] | null = null;
  let style: LineStyle | null = null;
  return (secrets) => {
    if (style === null || known?.length !== secrets.length) {
      known = [...secrets];
      style = { redactor: createRedactor(secrets), content: false };
    }
    return style;
  };
}

function originOf(runId: string, sandbox: boolean): RunOrigin {
  return {
    door: 'eval',
    client: null,
    sandbox,
    parent: null,
    link: null,
    conversation: runId,
    choice: {},
    format: null,
    tools: false,
  };
}

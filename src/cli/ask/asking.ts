import { MomError } from '../../core/error.js';
import { type Cancellation, listenForSignals } from '../cancellation.js';
import { type AskFlags, formatOf } from '../commands/ask-flags.js';
import type { CliContext } from '../context.js';
import { type Rendering, renderingOf } from '../output/rendering.js';
import { AnswerOutput } from '../output/stdout.js';
import type { OutputFormat } from '../report.js';
import { Messages } from '../view/messages.js';

/** Everything one `mom ask` is about. */
export interface Asking {
  prompt: readonly string[];
  flags: AskFlags;
  format: OutputFormat;
  context: CliContext;
  cancellation: Cancellation;
  messages: Messages;
  stdout: AnswerOutput;
  /** How an answer in Markdown is shown; null: as it is. */
  rendering: Rendering | null;
}

/** Listens for Ctrl-C, and for a reader of the answer that goes away. @throws MomError `usage` */
export function begin(prompt: readonly string[], flags: AskFlags, context: CliContext): Asking {
  const format = formatOf(flags);
  const rendering = format === 'text' ? renderingOf(flags, context) : null;
  const cancellation = listenForSignals();
  const stdout = new AnswerOutput(context.stdout, format, (end) =>
    cancellation.abort(end.kind === 'failed' ? end.error : new MomError('cancelled', 'the reader of the answer went away')),
  );
  const messages = new Messages(context, { quiet: flags.quiet === true, color: flags.color ?? 'auto' });
  return { prompt, flags, format, context, cancellation, messages, stdout, rendering };
}

import { errorInfo, exitCode, isMomError, toMomError } from '../../core/error.js';
import type { Warning } from '../../core/run.js';
import { type Cancellation, listenForSignals } from '../cancellation.js';
import type { CliContext, Exit } from '../context.js';
import { jsonText } from '../output/json.js';
import { errorText } from '../report.js';
import { Messages } from '../view/messages.js';
import { screenOf } from '../view/screen.js';

/** What a command about evaluations has at hand. */
export interface EvalSession {
  context: CliContext;
  cancellation: Cancellation;
  messages: Messages;
  warn(warning: Warning): void;
  /** Codes of the warnings that a terminal shows already. */
  told: ReadonlySet<string>;
}

/**
 * Runs a command about evaluations: listens for Ctrl-C, and says why it failed on stderr, with `--json` as
 * `{schema_version, error: {code, message, hint}}` on stdout too.
 */
export async function evalSession(
  { json = false, quiet = false }: { json?: boolean | undefined; quiet?: boolean | undefined },
  context: CliContext,
  work: (session: EvalSession) => Promise<Exit>,
): Promise<Exit> {
  const cancellation = listenForSignals();
  const messages = new Messages(context, { quiet, color: 'auto' });
  const told = new Set<string>();
  const warn = ({ code, message }: Warning) => {
    messages.warn(message);
    if (!quiet && context.stderrIsTTY) told.add(code);
  };
  try {
    return await work({ context, cancellation, messages, warn, told });
  } catch (error) {
    const known = toMomError(error);
    if (json) context.stdout.write(jsonText({ schema_version: 1, error: errorInfo(known) }, screenOf(context)));
    messages.error(errorText(known));
    if (!isMomError(error) && error instanceof Error) context.stderr.write(`${error.stack ?? ''}\n`);
    return cancellation.received === null ? { status: exitCode(known.code) } : { signal: cancellation.received };
  }
}

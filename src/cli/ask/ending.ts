import { type ErrorInfo, exitCode, isMomError, type MomError } from '../../core/error.js';
import type { RunResult } from '../../core/run.js';
import { type CliContext, type Exit, SUCCESS } from '../context.js';
import { commandHelp } from '../help.js';
import { NO_QUESTION } from '../input/index.js';
import { errorText, unstartedOutput } from '../report.js';
import { ASK } from '../spec/ask.js';
import type { Asking } from './asking.js';
import { type Keeping, keptOfCancelled, keptOfFailed } from './what-is-kept.js';

interface After {
  /** Why not all of the output arrived; told already. */
  lost: MomError | null;
  /** Why the answer holds nothing that was asked for. */
  lack: MomError | null;
  keeping: Keeping;
}

/** Says what became of the run, and with what the process ends. */
export function ending(asking: Asking, result: RunResult, { lost, lack, keeping }: After): Exit {
  const { cancellation, flags, messages, stdout } = asking;
  if (stdout.end?.kind === 'closed') return SUCCESS;
  for (const warning of result.warnings) messages.warn(warning.message);
  const { status } = result;
  const error: ErrorInfo = result.error ?? { code: 'no_answer', message: 'no model answered', hint: null };
  if (status === 'failed') messages.error(`${errorText(error)}${hintLine(keptOfFailed(result, keeping))}`);
  // A run that was cut because stdout broke has been told of as that.
  else if (status === 'cancelled' && stdout.end === null) sayCancelled(asking, error.message, keptOfCancelled(result, keeping));
  else if (status !== 'cancelled') messages.closing(result);
  if (lack) messages.error(errorText(lack));
  if (cancellation.received !== null) return { signal: cancellation.received };
  if (lack) return { status: exitCode(lack.code) };
  if (lost) return { status: exitCode(lost.code) };
  if (status === 'failed') return { status: exitCode(error.code) };
  if (status === 'cancelled') return { status: exitCode('cancelled') };
  return flags.strict && status === 'degraded' ? { status: exitCode('degraded') } : SUCCESS;
}

/** The run never began. */
export async function unstarted(asking: Asking, error: MomError): Promise<Exit> {
  const { cancellation, context, format, stdout } = asking;
  if (stdout.end?.kind === 'closed') return SUCCESS;
  stdout.write(unstartedOutput(format, error));
  await stdout.flushed();
  if (error.code === 'cancelled') sayCancelled(asking, error.message, null);
  else sayError(asking, error, context);
  return cancellation.received === null ? { status: exitCode(error.code) } : { signal: cancellation.received };
}

function sayError({ messages }: Asking, error: MomError, context: CliContext): void {
  if (error.code === 'usage' && error.message === NO_QUESTION) messages.error(commandHelp(ASK, false));
  messages.error(errorText(error));
  if (error.code === 'bug' && isMomError(error) && error.cause instanceof Error) context.stderr.write(`${error.cause.stack ?? ''}\n`);
}

function hintLine(text: string | null): string {
  return text === null ? '' : `hint: ${text}\n`;
}

function sayCancelled({ messages }: Asking, message: string, kept: string | null): void {
  messages.error(`mom: ${message}${kept === null ? '' : `; ${kept}`}\n`);
}

import { examine, type Keep } from '../../app/doctor/index.js';
import { errorLine, exitCode, type MomError, toMomError } from '../../core/error.js';
import type { EventSink } from '../../core/event.js';
import type { RunOrigin } from '../../core/history.js';
import { journalsDir } from '../../core/system/xdg.js';
import { createJournal } from '../../observe/journal/journal.js';
import { listenForSignals } from '../cancellation.js';
import { type CliContext, type Exit, SUCCESS } from '../context.js';
import { withHistory } from '../history/open-history.js';
import { jsonText } from '../output/json.js';
import { SANDBOX_NOTE, sandboxWish } from '../sandbox-wish.js';
import { doctorText, estimateText } from '../view/doctor.js';
import { terminalChecks } from '../view/doctor-terminal.js';
import { messagesOf } from '../view/messages.js';
import { screenOf } from '../view/screen.js';
import { worldOf } from '../world.js';

interface DoctorFlags {
  live?: true;
  json?: true;
  sandbox?: true;
  config?: string;
}

/** `mom doctor`: everything that a question needs, line by line. */
export async function run(flags: DoctorFlags, context: CliContext): Promise<Exit> {
  const messages = messagesOf(context);
  const cancellation = listenForSignals();
  if (flags.sandbox) messages.note(SANDBOX_NOTE);
  const { checks: found, live } = await examine({
    ...worldOf(context, flags),
    sandbox: sandboxWish(flags, context),
    signal: cancellation.signal,
    live: flags.live
      ? {
          onEstimate: (estimate) => messages.note(estimateText(estimate)),
          recordersOf: (id, keep) => recordersOf(id, keep, flags.sandbox === true, context),
        }
      : null,
  });
  if (flags.live) await takeIn(context);
  if (cancellation.received !== null) return { signal: cancellation.received };
  const checks = [...found, ...terminalChecks(context)];
  const screen = screenOf(context);
  context.stdout.write(flags.json ? jsonText({ schema_version: 1, checks, live }, screen) : doctorText(checks, live, screen));
  const isWell = checks.every(({ verdict }) => verdict !== 'fail') && (live ?? []).every(({ error }) => error === null);
  return isWell ? SUCCESS : { status: exitCode('provider_error') };
}

/** The questions cost money, so they stand in the history like every other. */
function recordersOf(id: string, { log, secrets }: Keep, sandbox: boolean, context: CliContext): EventSink[] {
  if (log === 'nothing') return [];
  const origin: RunOrigin = {
    door: 'doctor',
    client: null,
    sandbox,
    parent: null,
    link: null,
    conversation: id,
    choice: {},
    format: null,
    tools: false,
  };
  const onError = ({ message }: MomError) => messagesOf(context).warn(message);
  return [createJournal({ dir: journalsDir(context.env, context.home), runId: id, origin, content: log === 'full', secrets, onError })];
}

/** What can't be taken in now waits in its journals. */
async function takeIn(context: CliContext): Promise<void> {
  try {
    await withHistory(context, () => {});
  } catch (error) {
    messagesOf(context).warn(errorLine(toMomError(error)));
  }
}

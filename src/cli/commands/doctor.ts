import { join } from 'node:path';
import { examine } from '../../app/doctor/index.js';
import { exitCode } from '../../core/error.js';
import { listenForSignals } from '../cancellation.js';
import { type CliContext, type Exit, SUCCESS } from '../context.js';
import { jsonText } from '../output/json.js';
import { doctorText, estimateText } from '../view/doctor.js';
import { terminalChecks } from '../view/doctor-terminal.js';
import { messagesOf } from '../view/messages.js';
import { screenOf } from '../view/screen.js';

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
  if (flags.sandbox) messages.note('sandbox: built-in simulated and recorded models, no network');
  const { checks: found, live } = await examine({
    env: context.env,
    cwd: context.cwd,
    home: context.home,
    ...(flags.config === undefined ? {} : { configFile: flags.config }),
    sandbox: flags.sandbox ? { recorded: [join(context.packageRoot, 'recorded', 'gsm8k.jsonl')] } : null,
    signal: cancellation.signal,
    live: flags.live ? { onEstimate: (estimate) => messages.note(estimateText(estimate)) } : null,
  });
  if (cancellation.received !== null) return { signal: cancellation.received };
  const checks = [...found, ...terminalChecks(context)];
  const screen = screenOf(context);
  context.stdout.write(flags.json ? jsonText({ schema_version: 1, checks, live }, screen) : doctorText(checks, live, screen));
  const isWell = checks.every(({ verdict }) => verdict !== 'fail') && (live ?? []).every(({ error }) => error === null);
  return isWell ? SUCCESS : { status: exitCode('provider_error') };
}

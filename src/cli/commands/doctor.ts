import { join } from 'node:path';
import type { Check } from '../../app/doctor/check.js';
import { examine } from '../../app/doctor/index.js';
import type { LiveAnswer } from '../../app/doctor/live.js';
import { exitCode } from '../../core/error.js';
import { listenForSignals } from '../cancellation.js';
import { type CliContext, type Exit, SUCCESS } from '../context.js';
import { doctorText, estimateText } from '../view/doctor.js';
import { terminalChecks } from '../view/doctor-terminal.js';
import { Messages } from '../view/messages.js';
import { escapeJson } from '../view/sanitize.js';
import { screenOf } from '../view/screen.js';

interface DoctorFlags {
  live?: true;
  json?: true;
  sandbox?: true;
  config?: string;
}

/** `mom doctor`: everything that a question needs, line by line. */
export async function run(flags: DoctorFlags, context: CliContext): Promise<Exit> {
  const messages = new Messages(context, { quiet: false, color: 'auto' });
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
  context.stdout.write(flags.json ? json(checks, live, screen.columns !== null) : doctorText(checks, live, screen));
  const isWell = checks.every(({ verdict }) => verdict !== 'fail') && (live ?? []).every(({ error }) => error === null);
  return isWell ? SUCCESS : { status: exitCode('provider_error') };
}

/** schemas/doctor.schema.json describes it. */
function json(checks: readonly Check[], live: readonly LiveAnswer[] | null, isTerminal: boolean): string {
  const text = `${JSON.stringify({ schema_version: 1, checks, live }, null, 2)}\n`;
  return isTerminal ? escapeJson(text) : text;
}

import { constants, homedir } from 'node:os';
import { isatty } from 'node:tty';
import { exitCode, isMomError, toMomError } from '../core/error.js';
import type { CliContext, Exit } from './context.js';
import { rootHelp } from './help.js';
import { ProcessOutput } from './output/process-output.js';
import { errorText, unstartedOutput, wantedFormat } from './report.js';

/** Starts the command line and ends the process. The only caller of process.exit. */
export function main(argv: readonly string[], packageRoot: string): void {
  const output = new ProcessOutput();
  const context: CliContext = {
    argv,
    env: process.env,
    cwd: process.cwd(),
    home: process.env.HOME || homedir(),
    packageRoot,
    get stdin() {
      return process.stdin;
    },
    get stdout() {
      return output.stdout;
    },
    get stderr() {
      return output.stderr;
    },
    get stderrIsTTY() {
      return isatty(2);
    },
  };
  const fatal = (error: unknown) => failed(error, context).then((exit) => end(exit, output));
  process.on('uncaughtException', fatal);
  process.on('unhandledRejection', fatal);
  run(context).then((exit) => end(exit, output), fatal);
}

async function run(context: CliContext): Promise<Exit> {
  const [first] = context.argv;
  if (context.argv.length === 0) {
    context.stderr.write(rootHelp());
    return { status: 2 };
  }
  if (first === '--version' || first === '-V') {
    context.stdout.write(`${MOM_VERSION}\n`);
    return { status: 0 };
  }
  if (first === '--help' || first === '-h' || (first === 'help' && context.argv.length === 1)) {
    context.stdout.write(rootHelp());
    return { status: 0 };
  }
  if (first === '__complete') return (await import('./commands/complete.js')).run(context.argv.slice(1), context);
  return (await import('./program.js')).runProgram(context);
}

async function failed(error: unknown, context: CliContext): Promise<Exit> {
  const known = toMomError(error);
  const { sanitize } = await import('./view/sanitize.js');
  const text = unstartedOutput(wantedFormat(context.argv), known);
  if (text !== '') context.stdout.write(text);
  context.stderr.write(sanitize(errorText(known)));
  if (!isMomError(error) && error instanceof Error) context.stderr.write(`${error.stack ?? ''}\n`);
  return { status: exitCode(known.code), lossIsTold: known.code === 'output_failed' };
}

/** Ends when both streams are written out, with nothing left that could hold the process. */
async function end(exit: Exit, output: ProcessOutput): Promise<void> {
  const lost = await output.flushed();
  if ('signal' in exit) {
    process.removeAllListeners(exit.signal);
    process.kill(process.pid, exit.signal);
    // As the first process of a container it can't die by a signal.
    if (process.pid === 1) process.exit(128 + constants.signals[exit.signal]);
    return;
  }
  if (lost === null) process.exit(exit.status);
  if (!exit.lossIsTold) output.stderr.write(errorText(lost));
  await output.flushed();
  process.exit(exit.status === 0 ? exitCode(lost.code) : exit.status);
}

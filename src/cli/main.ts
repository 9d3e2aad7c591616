import { homedir } from 'node:os';
import { exitCode, isMomError, toMomError } from '../core/error.js';
import type { CliContext, Exit } from './context.js';
import { rootHelp } from './help.js';
import { errorText, unstartedOutput, wantedFormat } from './report.js';

/** Starts the command line and ends the process. The only caller of process.exit. */
export function main(argv: readonly string[], packageRoot: string): void {
  const context: CliContext = {
    argv,
    env: process.env,
    cwd: process.cwd(),
    home: process.env.HOME || homedir(),
    packageRoot,
    get stdin() {
      return process.stdin;
    },
    stdout: process.stdout,
    stderr: process.stderr,
  };
  const fatal = (error: unknown) => void end(failed(error, context));
  process.on('uncaughtException', fatal);
  process.on('unhandledRejection', fatal);
  // A reader that goes away ends mom quietly; what a command still has to do about it, it does itself.
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
  run(context).then(end, fatal);
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
  return (await import('./program.js')).runProgram(context);
}

function failed(error: unknown, context: CliContext): Exit {
  const known = toMomError(error);
  context.stdout.write(unstartedOutput(wantedFormat(context.argv), known));
  context.stderr.write(errorText(known));
  if (!isMomError(error) && error instanceof Error) context.stderr.write(`${error.stack ?? ''}\n`);
  return { status: exitCode(known.code) };
}

/** Ends when both streams are written out, with nothing left that could hold the process. */
async function end(exit: Exit): Promise<void> {
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  if ('signal' in exit) {
    process.removeAllListeners(exit.signal);
    process.kill(process.pid, exit.signal);
    return;
  }
  process.exit(exit.status);
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  if (stream.destroyed || stream.writableLength === 0) return Promise.resolve();
  return new Promise((resolve) => stream.write('', () => resolve()));
}

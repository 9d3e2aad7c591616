import { spawn } from 'node:child_process';
import { MomError } from '../../core/error.js';
import { killGroup } from '../../core/system/process.js';
import { isSendableKey } from './key-store.js';

/** A program that prints a key. */
export interface KeyCommand {
  program: string;
  args: readonly string[];
  /** Folder in which it runs. */
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
}

/** Milliseconds after which a command is ended. */
const TIME_LIMIT = 30_000;

/** Bytes of output that are looked at for its first line. */
const MAX_OUTPUT = 64 * 1024;

/** How a command came to its end; nothing of what it has printed but the key. */
type Outcome = { line: string } | { failed: string };

/**
 * Runs a command and takes the first line of its output for a key. Its stdin is closed, its other output is dropped: what
 * it prints when it fails may be a secret too. It is ended, with its children, by the limit, by the signal and with mom.
 * @param provider for the message
 * @param limit milliseconds
 * @throws MomError `key_missing`, `cancelled`
 */
export async function runKeyCommand(
  provider: string,
  command: KeyCommand,
  signal?: AbortSignal,
  limit: number = TIME_LIMIT,
): Promise<string> {
  if (signal?.aborted) throw cancelled(signal);
  const outcome = await outcomeOf(command, signal, limit);
  if (signal?.aborted) throw cancelled(signal);
  const fail = (what: string) => {
    throw new MomError('key_missing', `provider '${provider}' has no API key: its api_key_cmd, ${command.program}, ${what}`, {
      hint: 'run the command by itself to see why; it is started without a shell, and must print the key as its first line',
    });
  };
  if ('failed' in outcome) return fail(outcome.failed);
  const key = outcome.line.trim();
  if (key === '') return fail('printed no key');
  return isSendableKey(key) ? key : fail('printed something that is no key');
}

function outcomeOf({ program, args, cwd, env }: KeyCommand, signal: AbortSignal | undefined, limit: number): Promise<Outcome> {
  return new Promise((resolve) => {
    // In a group of its own, so that its children end with it.
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'ignore'], detached: true });
    const chunks: Buffer[] = [];
    let size = 0;
    let isOver = false;
    const kill = () => killGroup(child.pid);
    const output = () => Buffer.concat(chunks).toString('utf8');
    const settle = (outcome: Outcome) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      process.removeListener('exit', kill);
      child.stdout.destroy();
      child.unref();
      resolve(outcome);
    };
    const stop = (why: string) => {
      kill();
      settle({ failed: why });
    };
    const onAbort = () => stop('was cut');
    const timer = setTimeout(() => stop(`did not end within ${limit / 1_000} s`), limit);
    signal?.addEventListener('abort', onAbort, { once: true });
    process.on('exit', kill);
    /** A child that it leaves behind may hold the pipe open: a whole line is enough. */
    const look = () => {
      if (isOver && output().includes('\n')) settle({ line: firstLine(output()) });
    };
    child.stdout.on('data', (chunk: Buffer) => {
      if (size < MAX_OUTPUT) chunks.push(chunk.subarray(0, MAX_OUTPUT - size));
      size += chunk.length;
      look();
    });
    child.once('error', (error: NodeJS.ErrnoException) => settle({ failed: `could not be started (${error.code ?? 'unknown'})` }));
    child.once('exit', (status, by) => {
      if (by !== null) return stop(`was ended by ${by}`);
      if (status !== 0) return stop(`ended with status ${status}`);
      isOver = true;
      look();
    });
    child.once('close', () => settle({ line: firstLine(output()) }));
  });
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}

function cancelled(signal: AbortSignal): unknown {
  return signal.reason instanceof Error ? signal.reason : new MomError('cancelled', 'cancelled');
}

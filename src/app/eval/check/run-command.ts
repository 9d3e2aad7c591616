import { spawn } from 'node:child_process';
import { killGroup } from '../../../core/system/process.js';

export interface CommandRun {
  program: string;
  args: readonly string[];
  cwd: string;
  env: Readonly<Record<string, string>>;
  /** Milliseconds. */
  limit: number;
  signal?: AbortSignal;
}

export interface CommandEnd {
  /** Null where it did not end by itself. */
  status: number | null;
  /** Why there is no status, or why it is not 0; null for 0. */
  why: string | null;
  /** The end of what it wrote on stdout and stderr. */
  output: string;
}

/** Bytes of output that are kept. */
const KEPT_OUTPUT = 4 * 1024;

/**
 * Runs a command to its end, or to its limit, and ends whatever is left of it then. Its stdin is empty.
 * @throws what the signal was aborted with
 */
export async function runCommand({ program, args, cwd, env, limit, signal }: CommandRun): Promise<CommandEnd> {
  signal?.throwIfAborted();
  const end = await new Promise<CommandEnd>((resolve) => {
    // In a group of its own, so that its children end with it.
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const tail = new Tail(KEPT_OUTPUT);
    const kill = () => killGroup(child.pid);
    let isSettled = false;
    const settle = (status: number | null, why: string | null) => {
      if (isSettled) return;
      isSettled = true;
      kill();
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      process.removeListener('exit', kill);
      child.stdout.destroy();
      child.stderr.destroy();
      child.unref();
      resolve({ status, why, output: tail.text() });
    };
    const onAbort = () => settle(null, 'was cut');
    const timer = setTimeout(() => settle(null, `took longer than ${limit / 1_000} s`), limit);
    signal?.addEventListener('abort', onAbort, { once: true });
    process.on('exit', kill);
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => tail.add(chunk));
    child.once('error', (error: NodeJS.ErrnoException) => settle(null, `could not be started (${error.code ?? 'unknown'})`));
    child.once('exit', (status, by) => {
      const why = by === null ? (status === 0 ? null : `exit ${status}`) : `was ended by ${by}`;
      // What is written last comes a moment later, but a child left behind may hold the pipe open.
      child.once('close', () => settle(status, why));
      setTimeout(() => settle(status, why), LAST_WORDS).unref();
    });
  });
  signal?.throwIfAborted();
  return end;
}

/** Milliseconds for the last of the output after the end. */
const LAST_WORDS = 250;

/** The last bytes of a stream of any length. */
class Tail {
  readonly #size: number;
  #chunks: Buffer[] = [];
  #length = 0;

  constructor(size: number) {
    this.#size = size;
  }

  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (this.#length > 2 * this.#size) {
      this.#chunks = [Buffer.concat(this.#chunks).subarray(-this.#size)];
      this.#length = this.#size;
    }
  }

  text(): string {
    return Buffer.concat(this.#chunks).subarray(-this.#size).toString('utf8').trim();
  }
}

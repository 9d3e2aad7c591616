import path from 'node:path';
import { MomError } from '../../core/error.js';
import { startSandbox } from '../../sandbox/index.js';
import { shippedRecording } from '../sandbox-wish.js';

const DEFAULT_PORT = 8787;

export interface SandboxFlags {
  port?: number;
  recorded?: string[];
  replay?: string;
  seed?: number;
}

export interface SandboxContext {
  stdout: { write(text: string): unknown };
  cwd: string;
  packageRoot: string;
  signal: AbortSignal;
}

/** `mom sandbox`: serves until the signal aborts. */
export async function run(flags: SandboxFlags, { stdout, cwd, packageRoot, signal }: SandboxContext): Promise<number> {
  const sandbox = await startSandbox({
    port: upTo(65_535, '--port', flags.port) ?? DEFAULT_PORT,
    seed: upTo(0xffffffff, '--seed', flags.seed) ?? 1,
    recorded: [shippedRecording(packageRoot), ...(flags.recorded ?? []).map((file) => path.resolve(cwd, file))],
    ...(flags.replay === undefined ? {} : { replay: path.resolve(cwd, flags.replay) }),
  });
  stdout.write(`mom sandbox: ${sandbox.url}\n`);
  if (!signal.aborted) await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  await sandbox.close();
  return 0;
}

function upTo(max: number, flag: string, value: number | undefined): number | undefined {
  if (value === undefined || value <= max) return value;
  throw new MomError('usage', `${flag} ${value} is too large`, { hint: `${flag} takes a whole number from 0 to ${max}` });
}

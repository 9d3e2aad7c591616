import path from 'node:path';
import { MomError } from '../../core/error.js';
import { startSandbox } from '../../sandbox/index.js';

const DEFAULT_PORT = 8787;

export interface SandboxFlags {
  port?: string;
  recorded?: string[];
  replay?: string;
  seed?: string;
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
    port: wholeNumber('--port', flags.port, 65_535) ?? DEFAULT_PORT,
    seed: wholeNumber('--seed', flags.seed, 0xffffffff) ?? 1,
    recorded: [path.join(packageRoot, 'recorded', 'gsm8k.jsonl'), ...(flags.recorded ?? []).map((file) => path.resolve(cwd, file))],
    ...(flags.replay === undefined ? {} : { replay: path.resolve(cwd, flags.replay) }),
  });
  stdout.write(`mom sandbox: ${sandbox.url}\n`);
  if (!signal.aborted) await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  await sandbox.close();
  return 0;
}

function wholeNumber(flag: string, text: string | undefined, max: number): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text) && Number(text) <= max) return Number(text);
  throw new MomError('usage', `${flag} ${text} is not a whole number from 0 to ${max}`, { hint: `for example ${flag} ${DEFAULT_PORT}` });
}

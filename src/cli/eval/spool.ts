import { closeSync, mkdtempSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unlessAborted } from '../../core/abort.js';
import { isMomError, MomError } from '../../core/error.js';
import { openPrivateFile } from '../../core/system/private-file.js';
import type { CliContext } from '../context.js';
import { outputError } from '../output/output-error.js';

const NAME = 'standard input';

/** What came through standard input, in a file that only its owner can read. */
export interface Spool {
  path: string;
  /** The same error with the input's name in place of the file's. */
  named(error: unknown): unknown;
  remove(): void;
}

/** @throws MomError `no_input` for an empty input, `output_failed` where there is no room, or why `signal` was aborted */
export async function spoolStdin({ stdin }: Pick<CliContext, 'stdin'>, signal: AbortSignal): Promise<Spool> {
  const folder = makeFolder();
  const path = join(folder, 'prompts');
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const bytes = await unlessAborted(copy(stdin, path), signal);
    if (bytes === 0) throw new MomError('no_input', `${NAME} is empty`, { hint: 'pipe prompts in, one a line, or name a file' });
    return { path, named: (error) => renamed(error, path), remove };
  } catch (error) {
    stdin.destroy();
    remove();
    throw isMomError(error) ? error : outputError(path, error);
  }
}

function makeFolder(): string {
  try {
    return mkdtempSync(join(tmpdir(), 'mom-eval-'));
  } catch (error) {
    throw outputError(tmpdir(), error);
  }
}

/** @returns the bytes that came */
async function copy(stdin: CliContext['stdin'], path: string): Promise<number> {
  const fd = openPrivateFile(path);
  let total = 0;
  try {
    for await (const chunk of stdin as AsyncIterable<Buffer>) {
      for (let done = 0; done < chunk.length; ) done += writeSync(fd, chunk, done);
      total += chunk.length;
    }
    return total;
  } finally {
    closeSync(fd);
  }
}

function renamed(error: unknown, path: string): unknown {
  if (!isMomError(error) || !error.message.includes(path)) return error;
  const hint = error.hint === null ? {} : { hint: error.hint };
  return new MomError(error.code, error.message.replaceAll(path, NAME), { ...hint, cause: error });
}

import { join, resolve } from 'node:path';
import { MomError } from '../../core/error.js';
import { readWithin } from './bytes.js';
import { decodeText } from './decode.js';
import type { SizeBudget } from './limits.js';
import type { InputContext } from './types.js';

/**
 * The text of `--system @path`; null when it holds only blanks. A leading `~/` is the user's home: the shell does not see it behind the `@`.
 * @throws {MomError} `usage` without a path, `no_input`, `input_invalid`, `input_too_large`
 */
export async function readSystemFile(path: string, ctx: InputContext, budget: SizeBudget): Promise<string | null> {
  if (path === '') {
    throw new MomError('usage', '--system @ names no file', {
      hint: 'write --system @FILE, or --system @@TEXT for a text that begins with @',
    });
  }
  const home = ctx.env.HOME;
  const place = home && path.startsWith('~/') ? join(home, path.slice(2)) : resolve(ctx.cwd, path);
  const name = `the system text ${path}`;
  const text = decodeText(await readWithin(budget, place, name, ctx.signal), name);
  return text.trim() === '' ? null : text;
}

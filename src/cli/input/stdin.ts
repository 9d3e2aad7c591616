import { fstatSync, readSync, type Stats, statSync } from 'node:fs';
import { MomError } from '../../core/error.js';
import { decodeText } from './decode.js';
import type { SizeBudget } from './limits.js';
import { readStream } from './stream.js';
import type { InputContext, Remarks } from './types.js';

const NAME = 'standard input';
const CHUNK = 64 * 1024;

/**
 * The text on standard input, to the letter; null when there is none to wait for.
 * A terminal is read only with `wait`; a file is read whole; a pipe or socket is waited for as its holder deserves.
 * @throws {MomError} `input_invalid`, `input_too_large`, `no_input`, or the reason of the signal
 */
export async function readStdin(ctx: InputContext, wait: boolean, budget: SizeBudget, remarks: Remarks): Promise<string | null> {
  const fd = ctx.stdinFd ?? ctx.stdin.fd ?? 0;
  const stats = fstatSync(fd);
  if (stats.isDirectory()) throw new MomError('no_input', `${NAME} is a folder`, { hint: 'name a folder with -f' });
  if (isNullDevice(stats)) return null;
  if (!stats.isFile() && !wait && ctx.stdin.isTTY) return null;

  const chunks = stats.isFile() ? readWhole(fd, stats, budget) : await readStream(ctx, fd, stats, wait, budget, remarks);
  if (chunks === null) return null;
  const bytes = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
  // The pieces are let go before the text is made: a large input is held twice at most.
  chunks.length = 0;
  if (bytes.length === 0) return null;
  budget.take(NAME, bytes.length);
  return decodeText(bytes, NAME);
}

/** `< /dev/null` is told apart without the cost of making a stream for it. */
function isNullDevice(stats: Stats): boolean {
  if (!stats.isCharacterDevice()) return false;
  return statSync('/dev/null', { throwIfNoEntry: false })?.rdev === stats.rdev;
}

/** The rest of the file from where the descriptor stands, whatever size it claims to have. */
function readWhole(fd: number, stats: Stats, budget: SizeBudget): Buffer[] {
  const chunks: Buffer[] = [];
  let total = 0;
  let size = Math.min(stats.size, budget.left) + 1;
  for (;;) {
    const buffer = Buffer.allocUnsafe(size);
    const read = readSync(fd, buffer, 0, size, null);
    if (read === 0) return chunks;
    chunks.push(buffer.subarray(0, read));
    total += read;
    if (total > budget.left) throw budget.refusal(NAME);
    size = CHUNK;
  }
}

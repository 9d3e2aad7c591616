import type { Stats } from 'node:fs';
import { systemClock } from '../../core/clock.js';
import { abortReason, unreadable } from './errors.js';
import { INPUT_WAIT, type SizeBudget } from './limits.js';
import type { InputContext, Remarks } from './types.js';

/**
 * Everything a pipe, socket or device sends, in pieces; null when nothing came and nobody is there to send anything.
 * After that the stream is left alone and does not keep the process alive.
 * @param wait wait to the end, whoever holds the other side
 */
export function readStream(
  ctx: InputContext,
  fd: number,
  stats: Stats,
  wait: boolean,
  budget: SizeBudget,
  remarks: Remarks,
): Promise<Buffer[] | null> {
  const { signal, stdin } = ctx;
  const clock = ctx.clock ?? systemClock;
  if (signal.aborted) return Promise.reject(abortReason(signal, 'reading standard input'));

  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let total = 0;
    const started = clock.now();
    const cancelNotice = clock.after(INPUT_WAIT.notice, () => ctx.notice('waiting for standard input…'));
    let cancelCheck = wait ? () => {} : clock.after(INPUT_WAIT.firstByte, check);

    signal.addEventListener('abort', onAbort, { once: true });
    stdin.on('data', onData).on('end', onEnd).on('error', onError);

    function onData(chunk: Buffer) {
      cancelCheck();
      chunks.push(chunk);
      total += chunk.length;
      if (total > budget.left) fail(budget.refusal('standard input'));
    }
    function onEnd() {
      detach();
      resolve(chunks);
    }
    function onAbort() {
      fail(abortReason(signal, 'reading standard input'));
    }
    function onError(error: Error) {
      fail(unreadable('standard input', error));
    }
    function fail(error: Error) {
      detach();
      letGo();
      reject(error);
    }
    function giveUp() {
      detach();
      letGo();
      const seconds = Math.round((clock.now() - started) / 1_000);
      remarks.warnings.push({
        code: 'stdin_skipped',
        message: `standard input is open but sent nothing within ${seconds} s: going on without it (--stdin waits, --no-stdin ignores it)`,
      });
      resolve(null);
    }
    function check() {
      findHolder().then((holder) => {
        if (chunks.length > 0 || !attached()) return;
        const limit = holder === 'unknown' ? INPUT_WAIT.firstByteUnknown : INPUT_WAIT.firstByte;
        const left = limit - (clock.now() - started);
        if (holder !== 'producer' && left <= 0) giveUp();
        // A producer may end while an ancestor still holds the pipe: then no end ever comes, so it is looked for again.
        else cancelCheck = clock.after(holder === 'producer' ? INPUT_WAIT.firstByte : left, check);
      }, fail);
    }
    async function findHolder() {
      if (!stats.isFIFO()) return 'ancestors';
      const { findPipeHolder } = await import('./pipe-holder.js');
      return findPipeHolder(fd);
    }
    function attached() {
      return stdin.listeners('data').includes(onData);
    }
    function detach() {
      cancelNotice();
      cancelCheck();
      signal.removeEventListener('abort', onAbort);
      stdin.off('data', onData).off('end', onEnd).off('error', onError);
    }
    function letGo() {
      stdin.pause();
      // Nobody listens any more when the other side breaks off later; without this that would end the program.
      stdin.on('error', () => {});
      if ('unref' in stdin && typeof stdin.unref === 'function') stdin.unref();
    }
  });
}

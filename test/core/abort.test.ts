import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import { unlessAborted } from '../../src/core/abort.js';

const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length;

it('brings what the work brings, and listens no longer', async () => {
  const { signal } = new AbortController();
  await expect(unlessAborted(Promise.resolve('done'), signal)).resolves.toBe('done');
  await expect(unlessAborted(Promise.reject(new Error('broken')), signal)).rejects.toThrow('broken');
  expect(listeners(signal)).toBe(0);
});

it.each(['before', 'meanwhile'])('rejects with the reason of an abort that came %s, whatever becomes of the work', async (when) => {
  const controller = new AbortController();
  const reason = new Error('enough');
  if (when === 'before') controller.abort(reason);
  const waiting = unlessAborted(
    Promise.reject(new Error('too late')).finally(() => new Promise(setImmediate)),
    controller.signal,
  );
  controller.abort(reason);
  await expect(waiting).rejects.toBe(reason);
});

import type { Clock } from '../../core/clock.js';

/** Waits so many milliseconds, or until the signal is aborted, of which it says nothing: look at the signal. */
export function pause(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = () => {
      disarm();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const disarm = clock.after(ms, end);
    signal.addEventListener('abort', end, { once: true });
  });
}

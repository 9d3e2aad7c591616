import { RETRY_BUDGET } from '../../core/limits.js';

/** Keeps retries to a share of all calls, so that providers in trouble are not asked ever more often. */
export interface RetryBudget {
  /** A call's first attempt. */
  start(): void;
  /** True when a retry may be made, which then counts. */
  take(): boolean;
}

/** Of the last `window` attempts at most `share` may be retries, but always `least`. */
export function createRetryBudget({
  window,
  share,
  least,
}: Readonly<Record<keyof typeof RETRY_BUDGET, number>> = RETRY_BUDGET): RetryBudget {
  /** A ring: whether each of the last attempts was a retry. */
  const last: boolean[] = [];
  let at = 0;
  let retries = 0;

  function note(isRetry: boolean): void {
    if (last[at] === true) retries--;
    if (isRetry) retries++;
    last[at] = isRetry;
    at = (at + 1) % window;
  }

  return {
    start: () => note(false),
    take() {
      // The one asked for is the newest of the window; the oldest leaves it.
      const before = retries - (last[at] === true ? 1 : 0);
      const attempts = Math.min(last.length + 1, window);
      if (before >= Math.max(least, Math.floor(share * attempts))) return false;
      note(true);
      return true;
    },
  };
}

/** The time limits of calls and runs, in milliseconds. */
export interface Timeouts {
  /** Until the connection stands. */
  connect: number;
  /** From the request to the first event that is progress; reasoning counts, comments do not. */
  first_event: number;
  /** Between two such events. */
  idle: number;
  /** One call with its retries. */
  call: number;
  /** The whole run. */
  run: number;
}

export const DEFAULT_TIMEOUTS: Readonly<Timeouts> = { connect: 10_000, first_event: 180_000, idle: 90_000, call: 240_000, run: 300_000 };

/** `grace: auto` is half the time the quorum took, within these bounds (milliseconds). */
export const AUTO_GRACE = { share: 0.5, min: 5_000, max: 30_000 } as const;

/** Retries of one call; delays in milliseconds, full jitter: uniform in [0, min(max, base * 2^attempt)]. */
export const RETRY = { max: 2, base: 500, maxDelay: 8_000 } as const;

/** With another critic in the list a longer `Retry-After` than this (milliseconds) moves on at once. */
export const MAX_CRITIC_RETRY_AFTER = 2_000;

/** The cap of `mom ask` in US dollars until the user sets another; unknown prices pass it. */
export const BUILT_IN_MAX_COST = 1.0;

/** What a run waits at its end for the price of calls that were cut (milliseconds). */
export const COST_LOOKUP_WAIT = 500;

/** Characters of input text that one token stands for when no better count is at hand. */
export const CHARS_PER_TOKEN = 4;

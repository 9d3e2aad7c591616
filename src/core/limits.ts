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

/** Output tokens a call is expected to have at most where nothing else is configured. */
export const EXPECTED_OUTPUT_TOKENS = 4_000;

/** Output tokens that a judge's verdict is expected to take: one line, and some thoughts of a model that thinks. */
export const VERDICT_TOKENS = 500;

/** Output tokens that check questions, the answer to one, or a classifier's route are expected to take: a few lines, and some thoughts. */
export const LINE_TOKENS = 500;

/** Layers of `deep`, counted with proposers and final synthesis. */
export const LAYERS = { default: 3, min: 2, max: 5 } as const;

/** Rounds of `refine` where it is only switched on, and at most. */
export const REFINE_ROUNDS = { default: 3, max: 10 } as const;

/** Check questions of `verify` at most. */
export const MAX_CHECK_QUESTIONS = 5;

/** Samples of `self` where the configuration says nothing, and at most. */
export const SELF_SAMPLES = { default: 3, max: 20 } as const;

/** What a regular expression of the user's may take, in milliseconds. */
export const PATTERN_TIMEOUT = 100;

/** Price lists: fetched anew when older, used at all until; what a run waits for one that it needs (milliseconds). */
export const PRICE_LIST = { freshFor: 24 * 3_600_000, usableFor: 30 * 24 * 3_600_000, wait: 5_000 } as const;

/** Least cosine similarity at which a stored question counts as the same. */
export const SEMANTIC_THRESHOLD = 0.92;

/** Stored answers, where the cache is configured without numbers: used again for (milliseconds), kept at most. */
export const CACHE = { ttl: 24 * 3_600_000, maxSize: 10_000 } as const;

/** What a run waits at most for the classifier of strategy `auto` (milliseconds). */
export const CLASSIFIER_TIMEOUT = 10_000;

/** Time of a whole run for a client of the gateway that reads along, where the configuration says nothing (milliseconds). */
export const STREAM_RUN_TIMEOUT = 900_000;

/** The gateway, where the configuration says nothing. Durations in milliseconds, sizes in bytes. */
export const SERVE = {
  host: '127.0.0.1',
  port: 8000,
  maxBody: 32 * 1024 * 1024,
  maxInFlight: 512,
  retryWindow: 60_000,
  heartbeat: 10_000,
  drain: 30_000,
} as const;

/** A model at a provider that fails so many times in a row is left alone for so long (milliseconds), then tried once. */
export const BREAKER = { failures: 5, pause: 30_000 } as const;

/** Of the last `window` calls of a gateway this share may be retries, but always `least`. */
export const RETRY_BUDGET = { window: 100, share: 0.2, least: 3 } as const;

/** A client of a stream that lets more characters wait than `waiting`, and then reads nothing for `patience` (milliseconds), has gone. */
export const SLOW_CLIENT = { waiting: 1024 * 1024, patience: 60_000 } as const;

/** Thoughts before tool calls that a gateway keeps for the next turn: of so many calls, so many characters, for so long after their last use (milliseconds). */
export const KEPT_THOUGHTS = { calls: 10_000, characters: 32 * 1024 * 1024, time: 3_600_000 } as const;

/** Proposals that a gateway keeps for clients that come back: of so many requests, with so many characters in all. */
export const KEPT_PROPOSALS = { requests: 1_000, characters: 32 * 1024 * 1024 } as const;

/** What the folder of `mom eval --check` may hold at most, as each answer gets a copy of it; the limit of one check (milliseconds). */
export const CHECK_FOLDER = { files: 200_000, bytes: 2 * 1024 ** 3 } as const;
export const CHECK_TIMEOUT = 60_000;

/**
 * `mom eval`, where nothing else is configured: cap in US dollars, which unknown prices pass; runs under way at once; points that count
 * as no worse; runs of every contestant that fail for one reason before all is given up; losses that are explained; fewest samples of
 * the best single model (at most {@link SELF_SAMPLES}).
 */
export const EVAL = { maxCost: 10, concurrency: 8, margin: 2, firstFailures: 2, losses: 5, minSamples: 2 } as const;

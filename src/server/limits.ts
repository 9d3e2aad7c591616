/** What a connection may take, in milliseconds. */
export interface ConnectionLimits {
  /** Until the head of a request is there. */
  head: number;
  /** Until its body is there; the answer has no limit here. */
  body: number;
  /** A connection without a request. Longer than the 60 s after which common proxies close theirs, so that they close first. */
  idle: number;
  /** How often the first two are looked at where the server does it. */
  check: number;
}

export const CONNECTION: ConnectionLimits = { head: 15_000, body: 60_000, idle: 65_000, check: 1_000 };

/** What a request that was aborted because the server stops may still take to say so (milliseconds). */
export const LAST_WORDS = 2_000;

/** While the server stops, connections are looked at so often; one that has no request twice in a row is ended (milliseconds). */
export const SWEEP_EVERY = 50;

/** The configuration's files are looked at so often (milliseconds). */
export const WATCH_EVERY = 1_000;

/** After a change more changes are waited for: editors write in several steps (milliseconds). */
export const SETTLE = 100;

/** What clients that are turned away are asked to wait (milliseconds). */
export const COME_BACK = { busy: 1_000, stopping: 5_000 } as const;

/** Seconds for which a browser may keep the answer to a preflight. */
export const PREFLIGHT_AGE = 600;

/** Levels on which lists and maps of a body may stand in each other; schemas of tools have a dozen. */
export const BODY_DEPTH = 200;

/** Characters of a model's name. */
export const MODEL_NAME_LENGTH = 4_096;

/** Length of a request id that a client may choose. */
export const REQUEST_ID_LENGTH = 128;

import { MomError } from '../../core/error.js';

const MIB = 1024 * 1024;

/** Limits of what can be put into a question, in bytes. */
export const INPUT_LIMIT = {
  /** Standard input and all files together. */
  text: 64 * MIB,
  /** One image. */
  image: 20 * MIB,
  /** One page or document behind a URL, after decompression. */
  url: 5 * MIB,
} as const;

/** Waits while input is read, in milliseconds. */
export const INPUT_WAIT = {
  /** Until the user is told that standard input is waited for. */
  notice: 1_000,
  /** For the first byte of a pipe that only ancestors hold, or of a socket; a producer is looked for this often. */
  firstByte: 2_000,
  /** For the first byte where nobody can say who holds the pipe. */
  firstByteUnknown: 5_000,
  /** For a URL, redirects included. */
  url: 30_000,
} as const;

/** More characters of data than this, and the instruction is repeated after them; a longer one never is. */
export const REPEAT_AFTER = 8_000;

/** Redirects that are followed from one URL. */
export const MAX_REDIRECTS = 10;

/** Names in a warning; the rest is counted. */
export const MAX_NAMED = 20;

/** Counts the bytes of all texts against {@link INPUT_LIMIT}. */
export class SizeBudget {
  #left: number = INPUT_LIMIT.text;

  /** @throws {MomError} `input_too_large` when `bytes` more are too many. */
  take(name: string, bytes: number): void {
    if (bytes > this.#left) throw this.refusal(name);
    this.#left -= bytes;
  }

  /** Bytes that may still come. */
  get left(): number {
    return this.#left;
  }

  /** The error for a text that does not fit any more. */
  refusal(name: string): MomError {
    return new MomError('input_too_large', `${name} is too large: a question takes at most ${INPUT_LIMIT.text / MIB} MiB of text`, {
      hint: 'send less, or split it into several questions',
    });
  }
}

/** The error for something with a limit of its own, in bytes. */
export function tooLarge(name: string, limit: number, hint: string): MomError {
  return new MomError('input_too_large', `${name} is too large: more than ${limit / MIB} MiB`, { hint });
}

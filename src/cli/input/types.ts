import type { Readable } from 'node:stream';
import type { Clock } from '../../core/clock.js';
import type { Message } from '../../core/message.js';
import type { Warning } from '../../core/run.js';

/** Whether standard input is read: by what it is, in any case, or never. */
export type StdinMode = 'auto' | 'wait' | 'ignore';

/** What the user named as input, as it stood on the command line. */
export interface InputOptions {
  /** Arguments, joined by a space. Only blanks count as no question. */
  prompt: readonly string[];
  /** Text, `@file`, or `@@…` for a text that begins with `@`. */
  system?: string | undefined;
  /** Paths, folders, patterns, http(s) URLs, or `-` for standard input. */
  files: readonly string[];
  /** Paths of images. */
  attachments: readonly string[];
  stdin: StdinMode;
}

/** `process.stdin`, or a stream like it. */
export type InputStream = Readable & { fd?: number | undefined; isTTY?: boolean | undefined };

/** The world the input comes from. */
export interface InputContext {
  /** Looked at only when needed; a getter spares the start of the program what making `process.stdin` costs. */
  readonly stdin: InputStream;
  /**
   * The descriptor of `stdin`.
   * @default stdin.fd, else 0
   */
  readonly stdinFd?: number;
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** Ends any waiting; a MomError as its reason is thrown as it is. */
  signal: AbortSignal;
  /** Tells the user at once that something is waited for. */
  notice(text: string): void;
  clock?: Clock;
}

/** What goes into a run. */
export interface Input {
  /** The system message, if any, then one user message; its content is a string unless images are attached. */
  messages: Message[];
  warnings: Warning[];
  /** Paths that were left out of folders and patterns. */
  skipped: string[];
}

/** A file's text as it is shown to the models. */
export interface InputFile {
  /** As the user named it, without secrets. */
  path: string;
  text: string;
}

/** Collects warnings and left-out paths while input is read. */
export interface Remarks {
  warnings: Warning[];
  skipped: string[];
}

/** A file found in a folder or by a pattern. */
export interface Found {
  /** To show. */
  path: string;
  /** To open. */
  place: string;
}

/** A file or folder that was left out. */
export interface LeftOut {
  path: string;
  reason: string;
}

import type { Readable, Writable } from 'node:stream';

/** What the outside world is to a command; tests and `main` make one. */
export interface CliContext {
  argv: readonly string[];
  env: NodeJS.ProcessEnv;
  cwd: string;
  home: string;
  /** Folder of the installed package. */
  packageRoot: string;
  stdin: Readable & { isTTY?: boolean };
  stdout: Writable & { isTTY?: boolean };
  stderr: Writable & { isTTY?: boolean };
  /** Known without making the stream, which costs time. */
  stderrIsTTY: boolean;
}

/** How the process ends: with a status, or by a signal that it received. */
export type Exit = ({ status: number } | { signal: NodeJS.Signals }) & {
  /** Where stdout could not be written, the user knows it already. */
  lossIsTold?: boolean;
};

export const SUCCESS: Exit = { status: 0 };

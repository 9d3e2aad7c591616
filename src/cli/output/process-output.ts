import type { MomError } from '../../core/error.js';
import { outputError } from './output-error.js';

/** stdout and stderr of the process, each made when it is first needed: making one costs time. */
export class ProcessOutput {
  #stdout: NodeJS.WriteStream | null = null;
  #stderr: NodeJS.WriteStream | null = null;
  #lost: MomError | null = null;

  get stdout(): NodeJS.WriteStream {
    this.#stdout ??= process.stdout.on('error', (error: NodeJS.ErrnoException) => {
      // A reader that goes away has seen what it wanted.
      if (error.code !== 'EPIPE') this.#lost ??= outputError('stdout', error);
    });
    return this.#stdout;
  }

  get stderr(): NodeJS.WriteStream {
    // When stderr is gone, there is nobody left to tell.
    this.#stderr ??= process.stderr.on('error', () => undefined);
    return this.#stderr;
  }

  /** Resolves when everything is with the system or never will be, with the error that stdout ended with. */
  async flushed(): Promise<MomError | null> {
    await Promise.all([this.#stdout, this.#stderr].map((stream) => stream && flush(stream)));
    return this.#lost;
  }
}

function flush(stream: NodeJS.WriteStream): Promise<void> {
  if (stream.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    stream.once('error', () => resolve());
    stream.write('', () => resolve());
  });
}

import { type Context, createContext, Script } from 'node:vm';

/** What came of work that had a limit of time. */
export type Timed<T> = { done: true; value: T } | { done: false };

/** How often work is begun again that did not get the processor for its time, on a machine with too much to do. */
const MOST_TRIES = 5;

/**
 * Runs work that could take for ever and is stopped then, such as a regular expression of somebody else's. Only what a
 * script runs can be interrupted; a script may call back, and what it calls is interrupted with it.
 */
export class Stopwatch {
  #place: { script: Script; context: Context } | null = null;

  /**
   * @param ms how long the work may take, in milliseconds
   * @param work may be begun more than once
   * @throws what the work throws
   */
  run<T>(ms: number, work: () => T): Timed<T> {
    for (let tries = 1; ; tries++) {
      const before = process.cpuUsage();
      const timed = this.#once(ms, work);
      const { user, system } = process.cpuUsage(before);
      const hadItsTime = user + system >= (ms * 1_000) / 2;
      if (timed.done || hadItsTime || tries === MOST_TRIES) return timed;
    }
  }

  #once<T>(ms: number, work: () => T): Timed<T> {
    this.#place ??= { script: new Script('work()'), context: createContext(Object.create(null) as object) };
    const { script, context } = this.#place;
    Object.assign(context, { work });
    try {
      return { done: true, value: script.runInContext(context, { timeout: ms }) as T };
    } catch (error) {
      if ((error as { code?: unknown } | null)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return { done: false };
      throw error;
    } finally {
      Object.assign(context, { work: null });
    }
  }
}

import type { Clock } from '../../core/clock.js';
import type { CliContext } from '../context.js';
import { startImport } from '../history/import-process.js';

/** From the first run that is over to the import (milliseconds): others may follow, and a journal is closed meanwhile. And between two starts. */
const PAUSE = { after: 3_000, between: 15_000 } as const;

/** After each import that has failed the pause is twice as long, so many times at most: a broken store is not mended soon. */
const MAX_DOUBLINGS = 5;

/** What the end of the gateway waits for the last import (milliseconds): it goes on alone. */
const LAST_WAIT = 2_000;

/** Characters that are read of what an import complains about. */
const MAX_COMPLAINT = 4_000;

export interface ImporterOptions {
  context: CliContext;
  clock: Clock;
  /** Told why an import has failed: the journals wait for the next one. */
  onError(complaint: string): void;
}

/** Has the journals of the gateway taken into the store by a process of its own. */
export interface Importer {
  /** There is something in the journals to take in. */
  due(): void;
  /** Starts the last import, if one is due, and waits for it a moment. */
  close(): Promise<void>;
}

/** The store is written by `mom logs import` in a process of the lowest priority, so that no answer ever waits for it. */
export function createImporter({ context, clock, onError }: ImporterOptions): Importer {
  let isDue = false;
  let running: Promise<void> | null = null;
  let startedAt = Number.NEGATIVE_INFINITY;
  let failures = 0;
  let stopTimer: (() => void) | null = null;

  function plan(): void {
    if (!isDue || running !== null || stopTimer !== null) return;
    const pause = PAUSE.between * 2 ** Math.min(failures, MAX_DOUBLINGS);
    stopTimer = clock.after(Math.max(PAUSE.after, startedAt + pause - clock.now()), () => {
      stopTimer = null;
      void start();
    });
  }

  async function start(): Promise<void> {
    isDue = false;
    startedAt = clock.now();
    running = runImport(context).then((complaint) => {
      running = null;
      failures = complaint === null ? 0 : failures + 1;
      if (complaint !== null) onError(complaint);
      plan();
    });
    await running;
  }

  async function last(): Promise<void> {
    if (running !== null) await running;
    stopTimer?.();
    if (isDue) await start();
  }

  return {
    due() {
      isDue = true;
      plan();
    },
    async close() {
      let stopWaiting = () => {};
      const late = new Promise<void>((resolve) => {
        stopWaiting = clock.after(LAST_WAIT, resolve);
      });
      await Promise.race([last(), late]);
      stopWaiting();
    },
  };
}

/** Resolves with what was wrong, or null. */
function runImport(context: CliContext): Promise<string | null> {
  return new Promise((resolve) => {
    let complaint = '';
    const child = startImport(context, ['ignore', 'ignore', 'pipe']);
    child.stderr?.on('data', (bytes: Buffer) => {
      if (complaint.length < MAX_COMPLAINT) complaint += bytes.toString();
    });
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => resolve(code === 0 ? null : reasonIn(complaint) || `it ended with ${signal ?? code}`));
  });
}

/** The message without what to do: that is another thing for the one who reads a gateway's log. */
function reasonIn(complaint: string): string {
  return (complaint.split('\n')[0] ?? '').replace(/^mom: /, '');
}

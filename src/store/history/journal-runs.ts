import type { RunEvent } from '../../core/event.js';
import type { OriginLine } from '../../core/journal-line.js';
import { FoldedRun } from './folded-run.js';
import { journalLines } from './journal-lines.js';
import type { RunToKeep } from './keep-run.js';
import { isStoredRun } from './run-shape.js';

/** Reads a journal from where an earlier reading left it. */
export class JournalReading {
  /** Runs of which there are lines, but which can't be made of these: without a beginning, or in a shape of their own. */
  readonly lost = new Set<string>();
  /** Runs of the file, as far as they could be read. */
  runs = 0;
  readonly #path: string;
  readonly #open = new Map<string, { run: FoldedRun; from: number }>();
  readonly #over = new Set<string>();
  #position: number;

  constructor(path: string, position: number) {
    this.#path = path;
    this.#position = position;
  }

  /** Where the next reading has to begin: at the first line of the oldest run under way. */
  get position(): number {
    return Math.min(this.#position, ...[...this.#open.values()].map(({ from }) => from));
  }

  /** True while runs have begun that are not over. */
  get hasOpenRuns(): boolean {
    return this.#open.size > 0;
  }

  /** Every run that is over, as it ends. */
  *finished(): IterableIterator<RunToKeep> {
    for (const { value, start, end } of journalLines(this.#path, this.#position)) {
      const run = value === undefined ? null : this.#take(value, start);
      this.#position = end;
      if (run?.isOver) yield* this.#close(run);
    }
  }

  /** The runs that never came to their end, once it is sure that nothing more will come. */
  *brokenOff(): IterableIterator<RunToKeep> {
    for (const { run } of [...this.#open.values()]) {
      if (run.hasBegun) yield* this.#close(run);
      else this.#open.delete(run.id);
    }
  }

  #take(line: Record<string, unknown>, from: number): FoldedRun | null {
    const { type, run_id: id } = line;
    if (typeof type !== 'string' || typeof id !== 'string' || this.#over.has(id)) return null;
    if (type === 'run.origin' || (type === 'run.start' && !this.#open.has(id))) {
      const origin = type === 'run.origin' ? (line as unknown as OriginLine) : null;
      this.#open.set(id, { run: new FoldedRun(id, origin), from });
    }
    const run = this.#open.get(id)?.run;
    if (run === undefined) this.lost.add(id);
    else if (type !== 'run.origin') this.#apply(run, line);
    return run ?? null;
  }

  #apply(run: FoldedRun, line: object): void {
    try {
      run.apply(line as RunEvent);
    } catch {
      // It has the name of an event, but not its shape: the run is read without it.
    }
  }

  *#close(run: FoldedRun): IterableIterator<RunToKeep> {
    this.#open.delete(run.id);
    this.#over.add(run.id);
    const whole = wholeOrNull(run);
    if (whole === null) {
      this.lost.add(run.id);
      return;
    }
    this.runs += 1;
    yield whole;
  }
}

function wholeOrNull(run: FoldedRun): RunToKeep | null {
  try {
    const whole = run.whole();
    return whole !== null && isStoredRun(whole.run, run.id) ? whole : null;
  } catch {
    return null;
  }
}

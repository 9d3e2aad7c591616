import { type Cost, type CostSource, sumCosts } from '../../../core/usage.js';
import type { EvalProgress } from '../evaluation.js';

type Stage = EvalProgress['stage'];

const STAGES: readonly Stage[] = ['asking', 'checking', 'judging', 'explaining'];

/** How far an evaluation is, and what this command has spent. Stages go on side by side; the first that is not done is told. */
export class Progress {
  readonly #tell: (progress: EvalProgress) => void;
  readonly #stages = new Map(STAGES.map((stage) => [stage, { done: 0, total: 0, failed: 0 }]));
  #spent: Cost = { usd: 0, source: 'reported' };

  constructor(tell: (progress: EvalProgress) => void) {
    this.#tell = tell;
  }

  expect(stage: Stage, more: number): void {
    this.#of(stage).total += more;
  }

  done(stage: Stage, failed = false): void {
    const counts = this.#of(stage);
    counts.done += 1;
    if (failed) counts.failed += 1;
    this.#report();
  }

  spend(usd: number | null, source: CostSource): void {
    this.#spent = sumCosts([this.#spent, { usd, source }]);
  }

  /** Of this command; null where the price of something is unknown. */
  spent(): number | null {
    return this.#spent.source === 'partial' ? null : this.#spent.usd;
  }

  #report(): void {
    const stage = STAGES.find((name) => this.#of(name).done < this.#of(name).total) ?? 'explaining';
    this.#tell({ stage, ...this.#of(stage), spent_usd: this.spent() });
  }

  #of(stage: Stage) {
    return this.#stages.get(stage) as { done: number; total: number; failed: number };
  }
}

import type { EvalProgress } from '../../../app/eval/evaluation.js';
import { formatDuration } from '../../../core/duration.js';
import { formatUsd } from '../price.js';

/** A rate that is known from less is no rate: done since the stage began, and milliseconds. */
const LEAST = { done: 5, time: 3_000 } as const;

/** How far an evaluation is, in one sentence. */
export class EvalProgressText {
  #latest: EvalProgress | null = null;
  /** When and with how much the stage began: what was kept from before took no time. */
  #began = { at: 0, done: 0 };

  /** `now` is a monotonic time in milliseconds. */
  apply(progress: EvalProgress, now: number): void {
    const last = this.#latest;
    const isSame = last !== null && last.stage === progress.stage && last.total === progress.total && last.done <= progress.done;
    if (!isSame) this.#began = { at: now, done: progress.done };
    this.#latest = progress;
  }

  text(now: number): string {
    if (this.#latest === null) return 'starting';
    const { stage, done, total, failed, spent_usd } = this.#latest;
    const left = this.#left(done, total, now);
    return [
      `${stage} ${done.toLocaleString('en-US')} of ${total.toLocaleString('en-US')}`,
      ...(failed === 0 ? [] : [`${failed.toLocaleString('en-US')} failed`]),
      spent_usd === null ? 'cost unknown' : formatUsd(spent_usd),
      ...(left === null ? [] : [`about ${formatDuration(left)} left`]),
    ].join(' · ');
  }

  /** Milliseconds that this stage takes on, at the rate it has had; null before that is known. */
  #left(done: number, total: number, now: number): number | null {
    const made = done - this.#began.done;
    const time = now - this.#began.at;
    return made < LEAST.done || time < LEAST.time || done >= total ? null : ((total - done) * time) / made;
  }
}

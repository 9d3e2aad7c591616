import { AUTO_GRACE } from '../../core/limits.js';

/** What the wait for proposals needs to know of a mixture. */
export interface WaitRule {
  members: readonly { id: string; required: boolean }[];
  /** Usable proposals that start the grace; `all but one`: one member is left, and another has brought a usable one. */
  quorum: number | 'all but one';
  /** Milliseconds, or `auto`. */
  grace: number | 'auto';
}

/** What to do after an event of the wait. */
export type WaitStep =
  | { do: 'wait' }
  /** The quorum has just been reached: wait this much longer for the rest. */
  | { do: 'grace'; graceMs: number; waitingFor: string[] }
  /** Close these calls; go on waiting for required ones. */
  | { do: 'cut'; ids: string[]; done: boolean }
  | { do: 'done' };

/**
 * When to stop waiting for proposals. After `quorum` usable ones the rest gets `grace`; required ones are waited for
 * until their own limit. Says when to stop, never that a run has failed.
 */
export class Wait {
  readonly #rule: WaitRule;
  readonly #open: Map<string, boolean>;
  #usable = 0;
  #graceStarted = false;

  constructor(rule: WaitRule) {
    this.#rule = rule;
    this.#open = new Map(rule.members.map((member) => [member.id, member.required]));
  }

  /** A proposer has answered or failed, `elapsedMs` after all were started. */
  settled(id: string, usable: boolean, elapsedMs: number): WaitStep {
    this.#open.delete(id);
    if (usable) this.#usable += 1;
    if (this.#open.size === 0) return { do: 'done' };
    if (this.#graceStarted || !this.#isQuorum()) return { do: 'wait' };
    this.#graceStarted = true;
    return { do: 'grace', graceMs: this.#grace(elapsedMs), waitingFor: [...this.#open.keys()] };
  }

  /** The grace is over: whoever is late and not required is cut. */
  graceOver(): WaitStep {
    const late = [...this.#open].filter(([, required]) => !required).map(([id]) => id);
    for (const id of late) this.#open.delete(id);
    return { do: 'cut', ids: late, done: this.#open.size === 0 };
  }

  #isQuorum(): boolean {
    const { quorum } = this.#rule;
    return quorum === 'all but one' ? this.#usable > 0 && this.#open.size === 1 : this.#usable >= quorum;
  }

  #grace(elapsedMs: number): number {
    if (this.#rule.grace !== 'auto') return this.#rule.grace;
    return Math.min(AUTO_GRACE.max, Math.max(AUTO_GRACE.min, elapsedMs * AUTO_GRACE.share));
  }
}

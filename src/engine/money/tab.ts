import type { Reservation } from '../../core/budget.js';
import type { MomError } from '../../core/error.js';
import { type Tariff, worstCase } from './tariff.js';

/** What a call sets aside at once, in tokens of output, when it gets longer than expected: so much it may overspend. */
const STEP = 20;

/** The money set aside for one call in all budgets. Settled once, however the call ends. */
export class Tab {
  readonly #tariff: Tariff;
  readonly #reservations: readonly Reservation[];
  readonly #stopped: () => MomError;
  #tokens: number;
  #before = 0;
  /** US dollars set aside. */
  #held: number;

  /** @param stopped why a call is stopped that its budgets can't carry any longer */
  constructor(tariff: Tariff, reservations: readonly Reservation[], stopped: () => MomError) {
    this.#tariff = tariff;
    this.#reservations = reservations;
    this.#stopped = stopped;
    this.#tokens = tariff.outputTokens;
    this.#held = worstCase(tariff) ?? 0;
  }

  /**
   * Sees to it that this much is set aside: an attempt with so many tokens of output, and what `before` it failed
   * attempts have cost (US dollars). An error when the budgets don't have it: then the call must end.
   */
  cover(tokens: number, before: number): MomError | null {
    if (this.#reservations.length === 0 || this.#tariff.prices === null) return null;
    if (tokens <= this.#tokens && before <= this.#before) return null;
    const covered = tokens > this.#tokens ? tokens + STEP : this.#tokens;
    const more = (worstCase(this.#tariff, covered) ?? 0) - (worstCase(this.#tariff, this.#tokens) ?? 0) + before - this.#before;
    if (!this.#reservations.every((reservation) => reservation.grow(more))) return this.#stopped();
    this.#held += more;
    this.#tokens = covered;
    this.#before = before;
    return null;
  }

  /** The call has cost so much; null when that is not known: then all that was set aside counts as spent. */
  settle(usd: number | null): void {
    for (const reservation of this.#reservations) reservation.settle(usd ?? this.#held);
  }
}

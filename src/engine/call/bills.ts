import type { Clock } from '../../core/clock.js';
import { COST_LOOKUP_WAIT } from '../../core/limits.js';
import type { ModelClient } from '../../core/model-client.js';
import type { CallRecord } from '../../core/run.js';
import type { Recorder } from '../recorder.js';
import { sumAttempts, type WorkedAttempt } from './call-meter.js';

/** Asks providers what the calls cost that were cut before they could say so. */
export class Bills {
  readonly #client: ModelClient;
  readonly #recorder: Recorder;
  readonly #clock: Clock;
  readonly #controller = new AbortController();
  readonly #pending = new Set<Promise<void>>();

  constructor(client: ModelClient, recorder: Recorder, clock: Clock) {
    this.#client = client;
    this.#recorder = recorder;
    this.#clock = clock;
  }

  /**
   * Looks up what the attempts of a call cost whose price was not told, beside whatever the run does. What comes
   * replaces the estimate in the call's record.
   * @param settle told once what the call has cost, with the bills or without them
   */
  lookUp(call: CallRecord, attempts: readonly WorkedAttempt[], settle: (usd: number | null) => void): void {
    const known = [...attempts];
    let record = call;
    const close = () => settle(record.cost_usd);
    this.#controller.signal.addEventListener('abort', close, { once: true });
    const lookups = attempts.map(async ({ billable }, i) => {
      if (billable === null) return;
      const bill = await this.#client.lookupBill(call.provider, billable, this.#controller.signal);
      if (!bill || bill.cost.usd === null || this.#controller.signal.aborted) return;
      known[i] = { ...bill, billable: null };
      record = { ...call, ...sumAttempts(known) };
      this.#recorder.emit({ type: 'call.billed', call: record });
    });
    const lookup = Promise.all(lookups).then(() => {
      this.#controller.signal.removeEventListener('abort', close);
      close();
    });
    this.#pending.add(lookup);
    void lookup.finally(() => this.#pending.delete(lookup));
  }

  /** Waits a short while for the bills that are still out, then gives them up. */
  async settle(): Promise<void> {
    if (this.#pending.size === 0) return;
    await new Promise<void>((resolve) => {
      const cancelTimer = this.#clock.after(COST_LOOKUP_WAIT, resolve);
      void Promise.all(this.#pending).then(() => {
        cancelTimer();
        resolve();
      });
    });
    this.abandon();
  }

  /** Gives up all lookups at once. */
  abandon(): void {
    this.#controller.abort();
  }
}

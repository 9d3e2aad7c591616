import type { Clock } from '../core/clock.js';
import { COST_LOOKUP_WAIT } from '../core/limits.js';
import type { ModelClient } from '../core/model-client.js';
import type { CallRecord } from '../core/run.js';
import type { Recorder } from './recorder.js';

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

  /** Starts to look up the bill of a cut call, beside whatever the run does. */
  lookUp(call: CallRecord, generationId: string): void {
    const lookup = this.#client.lookupBill(call.provider, generationId, this.#controller.signal).then((bill) => {
      if (!bill || this.#controller.signal.aborted) return;
      this.#recorder.emit({
        type: 'call.billed',
        call: { ...call, usage: bill.usage, cost_usd: bill.cost.usd, cost_source: bill.cost.source },
      });
    });
    this.#pending.add(lookup);
    void lookup.finally(() => this.#pending.delete(lookup));
  }

  /** Waits a short while for the bills that are still out, then gives them up. */
  async settle(): Promise<void> {
    if (this.#pending.size > 0) {
      await new Promise<void>((resolve) => {
        const cancelTimer = this.#clock.after(COST_LOOKUP_WAIT, resolve);
        void Promise.all(this.#pending).then(() => {
          cancelTimer();
          resolve();
        });
      });
    }
    this.#controller.abort();
  }

  /** Gives up all lookups at once. */
  abandon(): void {
    this.#controller.abort();
  }
}

import { LRUCache } from 'lru-cache';
import type { Clock } from '../../core/clock.js';
import { KEPT_PROPOSALS } from '../../core/limits.js';
import type { CallRecord } from '../../core/run.js';
import type { RequestKey } from './request-key.js';

/** Proposals that were paid for and led to no answer, for the same client with the same request. */
export class KeptProposals {
  readonly #kept: LRUCache<string, readonly CallRecord[]>;

  constructor(clock: Clock) {
    this.#kept = new LRUCache<string, readonly CallRecord[]>({
      max: KEPT_PROPOSALS.requests,
      maxSize: KEPT_PROPOSALS.characters,
      sizeCalculation: (calls) => calls.reduce((sum, call) => sum + 1 + (call.text?.length ?? 0), 0),
      ttlResolution: 0,
      // An age counted from 0 would be taken for no age at all.
      perf: { now: () => clock.now() + 1 },
    });
  }

  /** @param window how long they are kept, in milliseconds; 0 keeps nothing */
  put(key: RequestKey, calls: readonly CallRecord[], window: number): void {
    if (window > 0 && calls.length > 0) this.#kept.set(key.hash, calls, { ttl: window });
  }

  /** They go with this request: a second one at the same time asks for its own. */
  take(key: RequestKey): readonly CallRecord[] {
    // A hash of every request would be dear where there is nothing to find.
    if (this.#kept.size === 0) return [];
    const calls = this.#kept.get(key.hash) ?? [];
    this.#kept.delete(key.hash);
    return calls;
  }
}

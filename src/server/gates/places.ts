import { MomError } from '../../core/error.js';
import { ApiError } from '../errors.js';
import { COME_BACK } from '../limits.js';

/** How many requests may be under way. */
export interface PlaceLimits {
  /** Of all clients together. */
  inFlight: number;
  /** Of this client; null: no limit. */
  concurrency: number | null;
}

export interface Places {
  /**
   * Takes a place for a request of `client`; the returned function gives it back, more than once is once.
   * @throws MomError `overloaded`, ApiError 429
   */
  take(client: string, limits: PlaceLimits): () => void;
  /** Places that are taken. */
  taken(): number;
}

/** Counts the requests to models that are under way. */
export function createPlaces(): Places {
  const byClient = new Map<string, number>();
  let all = 0;

  return {
    take(client, { inFlight, concurrency }) {
      const own = byClient.get(client) ?? 0;
      if (all >= inFlight) {
        throw new MomError('overloaded', `mom has ${all} ${requests(all)} under way and takes no more`, {
          hint: 'try again in a moment, or raise serve.max_in_flight',
          retryAfterMs: COME_BACK.busy,
        });
      }
      if (concurrency !== null && own >= concurrency) {
        throw new ApiError(
          'rate_limited',
          `${own} ${requests(own)} of this client ${own === 1 ? 'is' : 'are'} under way, as many as it may have`,
          {
            hint: 'wait for one of them, or raise its concurrency',
            retryAfterMs: COME_BACK.busy,
          },
        );
      }
      all += 1;
      byClient.set(client, own + 1);
      let held = true;
      return () => {
        if (!held) return;
        held = false;
        all -= 1;
        const left = (byClient.get(client) ?? 1) - 1;
        if (left === 0) byClient.delete(client);
        else byClient.set(client, left);
      };
    },
    taken: () => all,
  };
}

function requests(count: number): string {
  return count === 1 ? 'request' : 'requests';
}

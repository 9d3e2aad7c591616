import RateLimiterMemory from 'rate-limiter-flexible/lib/RateLimiterMemory.js';
import { ApiError } from '../errors.js';

/** Seconds of a window. */
const WINDOW = 60;

/** Counts a request of `client`. @returns header fields for the answer @throws ApiError 429 */
export type RateGate = (client: string, perMinute: number) => Promise<Record<string, string>>;

/** Requests a minute by client, in windows that begin with a client's first request. */
export function createRateGate(): RateGate {
  // It only counts; the limit may change with every reload, and is compared here.
  const counter = new RateLimiterMemory({ points: Number.MAX_SAFE_INTEGER, duration: WINDOW });

  return async (client, perMinute) => {
    const { consumedPoints, msBeforeNext } = await counter.consume(client);
    // Counted by the system's clock, which may have been put back meanwhile; the window ends by a timer all the same.
    const wait = Math.min(msBeforeNext, WINDOW * 1_000);
    const seconds = Math.ceil(wait / 1_000);
    const headers = {
      'x-ratelimit-limit-requests': String(perMinute),
      'x-ratelimit-remaining-requests': String(Math.max(0, perMinute - consumedPoints)),
      'x-ratelimit-reset-requests': `${seconds}s`,
    };
    if (consumedPoints <= perMinute) return headers;
    throw new ApiError('rate_limited', `more than ${perMinute} ${perMinute === 1 ? 'request' : 'requests'} a minute`, {
      hint: `wait ${seconds} s, or raise requests_per_minute`,
      retryAfterMs: wait,
      headers,
    });
  };
}

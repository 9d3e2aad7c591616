import type { Clock } from '../../core/clock.js';
import { callErrorInfo, type ErrorCode, type MomError, toMomError } from '../../core/error.js';
import { RETRY } from '../../core/limits.js';
import type { Random } from '../../core/random.js';
import { cancelledError } from './errors.js';
import type { Call } from './limits.js';
import { pause } from './pause.js';
import type { RetryBudget } from './retry-budget.js';

const RETRIED: ReadonlySet<ErrorCode> = new Set(['rate_limited', 'overloaded', 'provider_error', 'connection_failed', 'stream_broken']);

/**
 * Asks again after trouble that may pass, as long as the text can be taken back, the call's time allows the wait, and the
 * budget of all calls, where there is one, allows the retry.
 */
export function withRetry(call: Call, clock: Clock, random: Random, budget?: RetryBudget): Call {
  return async function* retrying(request) {
    const deadline = clock.now() + request.timeouts.call;
    budget?.start();
    for (let attempt = 1; ; attempt++) {
      yield { type: 'attempt', attempt };
      let textCame = false;
      try {
        for await (const event of call(request)) {
          textCame ||= event.type === 'text';
          yield event;
        }
        return;
      } catch (thrown) {
        const error = toMomError(thrown);
        const delayMs = error.retryAfterMs ?? random() * Math.min(RETRY.maxDelay, RETRY.base * 2 ** (attempt - 1));
        const again =
          attempt <= request.retries &&
          isPassing(error) &&
          !(textCame && !request.canRestart()) &&
          (error.retryAfterMs === null || request.maxRetryAfter === null || delayMs <= request.maxRetryAfter) &&
          clock.now() + delayMs < deadline &&
          budget?.take() !== false;
        if (!again) throw error;
        yield { type: 'restart', attempt, error: callErrorInfo(error), delayMs };
        await pause(delayMs, clock, request.signal);
        if (request.signal.aborted) throw cancelledError(request.signal, request.model);
      }
    }
  };
}

/** A 408 is passing; a limit of mom's own is not, its time is used up. */
function isPassing(error: MomError): boolean {
  return RETRIED.has(error.code) || (error.code === 'timeout' && error.status === 408);
}

import { type CircuitBreakerPolicy, CircuitState, ConsecutiveBreaker, circuitBreaker, handleWhen } from 'cockatiel';
import { LRUCache } from 'lru-cache';
import { type Clock, systemClock } from '../../core/clock.js';
import { formatDuration } from '../../core/duration.js';
import { type ErrorCode, isMomError, MomError } from '../../core/error.js';
import { BREAKER } from '../../core/limits.js';
import type { CallEvent, CallRequest } from '../../core/model-client.js';
import type { BreakerState } from '../../core/request-report.js';
import type { Call } from './limits.js';

/** Models that are remembered; beyond that the one that was asked longest ago is forgotten. */
const MAX_MODELS = 1_000;

/** What speaks against the model or its provider; not the request's own faults, keys, credit, rate limits, or a reader who left. */
const COUNTS: ReadonlySet<ErrorCode> = new Set([
  'provider_error',
  'overloaded',
  'connection_failed',
  'timeout',
  'stream_broken',
  'bad_response',
  'empty_answer',
]);

/** Leaves models alone that fail again and again. It outlives the clients that use it. */
export interface Breakers {
  /** The same call, asked only where its model at its provider is not left alone. */
  guard(call: Call): Call;
  /** Of every model that was asked. */
  states(): BreakerState[];
}

interface Breaker {
  provider: string;
  model: string;
  policy: CircuitBreakerPolicy;
  /** On the clock, when a model that is left alone may be tried again. */
  until: number;
}

/**
 * One breaker per provider and model. It stands outside of everything else: a call counts once, with all its retries, and a
 * call that ran into its own limits counts too.
 */
export function createBreakers({ clock = systemClock }: { clock?: Clock } = {}): Breakers {
  const breakers = new LRUCache<string, Breaker>({ max: MAX_MODELS });

  function breakerOf({ provider, model }: CallRequest): Breaker {
    const key = JSON.stringify([provider, model]);
    const known = breakers.get(key);
    if (known) return known;
    const made = makeBreaker(provider, model, clock);
    breakers.set(key, made);
    return made;
  }

  return {
    guard: (call) => (request) => {
      const breaker = breakerOf(request);
      const refused = refusal(breaker, clock);
      return refused === null ? watched(call, request, breaker) : failing(refused);
    },
    states: () =>
      [...breakers.values()].map((breaker) => ({ provider: breaker.provider, model: breaker.model, state: stateOf(breaker, clock) })),
  };
}

function makeBreaker(provider: string, model: string, clock: Clock): Breaker {
  // Cockatiel measures the pause by the date, which may jump; this one is over when mom's own clock says so.
  const pause = {
    get duration() {
      return clock.now() >= breaker.until ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    },
    next: ({ result }: { result: unknown }) => {
      // A trial that told nothing is followed by another at once.
      breaker.until = clock.now() + (isMomError(errorOf(result)) ? BREAKER.pause : 0);
      return pause;
    },
  };
  const policy = circuitBreaker(
    handleWhen((error) => (isMomError(error) ? COUNTS.has(error.code) : breaker.policy.state === CircuitState.HalfOpen)),
    { breaker: new ConsecutiveBreaker(BREAKER.failures), halfOpenAfter: pause },
  );
  const breaker: Breaker = { provider, model, policy, until: 0 };
  return breaker;
}

function errorOf(result: unknown): unknown {
  return typeof result === 'object' && result !== null && 'error' in result ? result.error : undefined;
}

function stateOf({ policy, until }: Breaker, clock: Clock): BreakerState['state'] {
  if (policy.state === CircuitState.HalfOpen) return 'half-open';
  if (policy.state !== CircuitState.Open) return 'closed';
  return clock.now() >= until ? 'half-open' : 'open';
}

/** Why a model is not asked now; null when it may be. While one call tries it again, others are not let through. */
function refusal({ provider, model, policy, until }: Breaker, clock: Clock): MomError | null {
  const rest = until - clock.now();
  if (policy.state !== CircuitState.HalfOpen && (policy.state !== CircuitState.Open || rest <= 0)) return null;
  const retryAfterMs = Math.max(1_000, rest);
  const when = rest > 0 ? `it is tried again in ${formatDuration(Math.ceil(rest / 1_000) * 1_000)}` : 'it is being tried again now';
  return new MomError('overloaded', `${model} at ${provider} is left alone after ${BREAKER.failures} failures in a row`, {
    hint: `${when}; use another model until then`,
    retryAfterMs,
  });
}

function failing(error: MomError): AsyncIterable<CallEvent> {
  return { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }) };
}

/** No outcome: the call was cancelled, or nobody read it to its end. */
const NO_OUTCOME = new Error('no outcome');

/** The call's events as they are; its policy learns how it ends. */
function watched(call: Call, request: CallRequest, { policy }: Breaker): AsyncIterable<CallEvent> {
  return {
    [Symbol.asyncIterator]() {
      let settle: { resolve: () => void; reject: (error: unknown) => void } = { resolve() {}, reject() {} };
      const outcome = new Promise<void>((resolve, reject) => {
        settle = { resolve, reject };
      });
      // It runs beside the call: what it throws is what the call throws.
      policy.execute(() => outcome).catch(() => undefined);
      const events = call(request)[Symbol.asyncIterator]();
      return {
        next: () =>
          events.next().then(
            (result) => {
              if (result.done) settle.resolve();
              return result;
            },
            (error: unknown) => {
              settle.reject(isMomError(error) && error.code !== 'cancelled' ? error : NO_OUTCOME);
              throw error;
            },
          ),
        async return() {
          settle.reject(NO_OUTCOME);
          await events.return?.();
          return { done: true, value: undefined };
        },
      };
    },
  };
}

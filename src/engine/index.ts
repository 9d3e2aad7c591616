import { randomBytes } from 'node:crypto';
import { type Clock, systemClock } from '../core/clock.js';
import type { EventSink } from '../core/event.js';
import type { ModelClient } from '../core/model-client.js';
import type { Plan } from '../core/plan.js';
import type { RunRequest, RunResult } from '../core/run.js';
import { route } from './route.js';
import { runOnce } from './run.js';

/** What an engine is made of. Everything but the client has a working default; tests bring their own. */
export interface EngineDeps {
  client: ModelClient;
  clock?: Clock;
  /** A new id for a run, sortable by time. */
  newId?: (now: Date) => string;
  /** A new unguessable word. */
  drawNonce?: () => string;
}

export interface Engine {
  /** What `run` would do. Asks nobody. @throws MomError when the mixture can't be run */
  plan(request: RunRequest): Plan;
  /** Makes an id for the next run, so that a sink can be named after it. */
  newId(): string;
  /**
   * Runs one request to its end. Failures and cancellation are results, told to the sinks like everything else.
   * @throws MomError only when the mixture can't be run at all
   */
  run(request: RunRequest, sinks?: readonly EventSink[], id?: string): Promise<RunResult>;
}

export function createEngine(deps: EngineDeps): Engine {
  const clock = deps.clock ?? systemClock;
  const drawNonce = deps.drawNonce ?? (() => randomBytes(6).toString('hex'));
  const newId = () => (deps.newId ?? runId)(clock.date());
  return {
    plan: route,
    newId,
    run: (request, sinks = [], id = newId()) =>
      runOnce({ client: deps.client, clock, drawNonce, request, sinks, id, plan: route(request) }),
  };
}

/** `20260102-030405-9f8e7d`: UTC date, time, and six random hex digits. */
function runId(now: Date): string {
  const stamp = now.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  const suffix = Math.floor(Math.random() * 2 ** 24);
  return `${stamp}-${suffix.toString(16).padStart(6, '0')}`;
}

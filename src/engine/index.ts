import { randomBytes } from 'node:crypto';
import type { Budget } from '../core/budget.js';
import { type Catalog, NO_CATALOG } from '../core/catalog.js';
import { type Clock, systemClock } from '../core/clock.js';
import type { EventSink } from '../core/event.js';
import type { ModelClient } from '../core/model-client.js';
import type { Plan } from '../core/plan.js';
import type { Quote } from '../core/quote.js';
import type { RunRequest, RunResult } from '../core/run.js';
import { stampedId } from '../core/stamped-id.js';
import type { CachedRuns, KeptAnswers } from './cache/cached-runs.js';
import type { FormatChecker } from './format/checker.js';
import { plan } from './plan/index.js';
import { runOnce } from './run.js';

export type { KeptAnswers } from './cache/cached-runs.js';

/** What an engine is made of. Everything but the client has a working default; tests bring their own. */
export interface EngineDeps {
  client: ModelClient;
  /** What is known of models and their prices. */
  catalog?: Catalog;
  /** Money that all runs of this engine share, beside the cap of each run. */
  budgets?: readonly Budget[];
  /** Answers that were given before. */
  cache?: KeptAnswers | null;
  clock?: Clock;
  /** A new id for a run, sortable by time. */
  newId?: (now: Date) => string;
  /** A new unguessable word. */
  drawNonce?: () => string;
}

export interface Engine {
  /** What `run` would do. Asks nobody. Rejects with a MomError when the mixture can't be run or the answer's form can't be checked. */
  plan(request: RunRequest): Promise<Plan>;
  /** What a plan would cost, from prices that are at hand. Asks nobody. */
  quote(plan: Plan, request: RunRequest): Promise<Quote>;
  /** Makes an id for the next run, so that a sink can be named after it. */
  newId(): string;
  /**
   * Runs one request to its end. Failures and cancellation are results, told to the sinks like everything else.
   * Rejects with a MomError only when the mixture can't be run at all, or the answer's form can't be checked.
   */
  run(request: RunRequest, sinks?: readonly EventSink[], id?: string): Promise<RunResult>;
}

export function createEngine(deps: EngineDeps): Engine {
  const { client, catalog = NO_CATALOG, budgets = [], clock = systemClock } = deps;
  const drawNonce = deps.drawNonce ?? wordDrawer();
  const newId = () => (deps.newId ?? stampedId)(clock.date());
  const prepare = async (request: RunRequest) => ({ format: await checkerFor(request), plan: await plan(request, catalog) });
  const cached = deps.cache ? loadCachedRuns(deps.cache) : null;
  return {
    plan: async (request) => (await prepare(request)).plan,
    quote: async (planned, request) => (await import('./quote.js')).quote(planned, request, catalog),
    newId,
    async run(request, sinks = [], id = newId()) {
      const input = { client, catalog, budgets, clock, drawNonce, request, sinks, id, ...(await prepare(request)) };
      return cached ? (await cached).run(input) : runOnce(input);
    },
  };
}

/** @throws MomError `input_invalid` for a schema that can't be used */
async function checkerFor({ format }: RunRequest): Promise<FormatChecker | null> {
  if (!format) return null;
  const { makeChecker } = await import('./format/checker.js');
  return makeChecker(format);
}

async function loadCachedRuns(answers: KeptAnswers): Promise<CachedRuns> {
  const cache = await import('./cache/cached-runs.js');
  return new cache.CachedRuns(answers, runOnce);
}

/** Draws unguessable words. Its module is loaded while the first proposers think, rather than between them and the critic. */
function wordDrawer(): () => string {
  let bytes = Buffer.alloc(0);
  const draw = () => {
    if (bytes.length < WORD_BYTES) bytes = randomBytes(WORD_BYTES * WORDS_AT_ONCE);
    const word = bytes.toString('hex', 0, WORD_BYTES);
    bytes = bytes.subarray(WORD_BYTES);
    return word;
  };
  setTimeout(draw, WARM_UP_DELAY).unref();
  return draw;
}

const WORD_BYTES = 6;

/** Asking the system for randomness costs far more than the bytes that are asked for. */
const WORDS_AT_ONCE = 64;

/** Long enough for the first requests to have left (milliseconds). */
const WARM_UP_DELAY = 50;

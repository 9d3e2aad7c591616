import type { ErrorInfo } from '../../core/error.js';
import { errorInfo, isMomError } from '../../core/error.js';
import type { EventSink } from '../../core/event.js';
import { DEFAULT_RULES, type Member, type Mixture } from '../../core/mixture.js';
import type { RunRequest } from '../../core/run.js';
import type { CostSource } from '../../core/usage.js';
import type { Engine } from '../../engine/index.js';
import { writtenId } from '../models/model-id.js';

/** How one model has answered. Durations in milliseconds, cost in US dollars. */
export interface LiveAnswer {
  /** As it is written behind `-m`. */
  id: string;
  error: ErrorInfo | null;
  first_token_ms: number | null;
  duration_ms: number | null;
  cost_usd: number | null;
  cost_source: CostSource;
}

/** What asking everyone costs at most, from prices that are at hand. */
export interface LiveEstimate {
  models: number;
  /** US dollars for the models whose price is known. */
  usd: number;
  /** Models of unknown price. */
  unpriced: readonly string[];
}

/** Enough for a word, and for a short thought before it. */
const MAX_TOKENS = 64;

/** What one model may take, in milliseconds. */
const TIME = 60_000;

const QUESTION = 'Reply with the one word: ready';

export interface LiveDeps {
  engine: Engine;
  mixture: Mixture;
  signal: AbortSignal;
  /** Told before anything is spent. */
  onEstimate: (estimate: LiveEstimate) => void;
  /** Who keeps a record of a question, by the id of its run. */
  recordersOf: (runId: string) => readonly EventSink[];
}

/** Asks proposers and critics of a mixture one short question each, all at once, within its cap and all budgets. */
export async function askEach({ engine, mixture, signal, onEstimate, recordersOf }: LiveDeps): Promise<LiveAnswer[]> {
  const requests = distinct(mixture).map((member) => ({ member, request: requestTo(member, mixture, signal) }));
  const estimate = await estimateOf(engine, requests);
  onEstimate(estimate);
  const { maxCost } = mixture;
  if (maxCost !== null && estimate.usd > maxCost.usd) {
    const message = `asking every model may cost $${estimate.usd.toFixed(4)}, more than the cap of $${maxCost.usd}`;
    const error: ErrorInfo = { code: 'cost_cap', message, hint: 'raise max_cost, or ask them one by one with mom ask -m' };
    return requests.map(({ member }) => notAsked(member, error));
  }
  return Promise.all(requests.map(({ member, request }) => ask(engine, member, request, recordersOf)));
}

function distinct({ proposers, critics, single }: Mixture): Member[] {
  const members = [...proposers, ...critics, ...(single ? [single] : [])];
  return [...new Map(members.map((member) => [writtenId(member.provider, member.model), member])).values()];
}

/** The model as it is, asked once. */
function requestTo(member: Member, mixture: Mixture, signal: AbortSignal): RunRequest {
  const alone: Mixture = {
    ...mixture,
    proposers: [],
    critics: [],
    single: { ...member, role: null },
    strategy: 'single',
    strategyChosen: true,
    rules: DEFAULT_RULES,
    auto: { classifier: null, routes: {} },
    verify: null,
    refine: 0,
    quorum: 1,
    minAnswers: 1,
    retries: 0,
    runTimeout: Math.min(TIME, mixture.runTimeout),
  };
  return {
    messages: [{ role: 'user', content: QUESTION }],
    mixture: alone,
    params: { max_tokens: MAX_TOKENS },
    stream: false,
    cache: 'off',
    signal,
  };
}

async function estimateOf(engine: Engine, requests: readonly { member: Member; request: RunRequest }[]): Promise<LiveEstimate> {
  const estimate = { models: requests.length, usd: 0, unpriced: [] as string[] };
  for (const { member, request } of requests) {
    const high = await mostOf(engine, request);
    if (high === null) estimate.unpriced.push(writtenId(member.provider, member.model));
    else estimate.usd += high;
  }
  return estimate;
}

async function mostOf(engine: Engine, request: RunRequest): Promise<number | null> {
  try {
    return (await engine.quote(await engine.plan(request), request)).usd?.high ?? null;
  } catch (error) {
    // Asking says why it can't be planned.
    if (isMomError(error)) return null;
    throw error;
  }
}

async function ask(engine: Engine, member: Member, request: RunRequest, recordersOf: LiveDeps['recordersOf']): Promise<LiveAnswer> {
  const id = engine.newId();
  const recorders = recordersOf(id);
  try {
    const { calls, status, error, cost_usd, cost_source, duration_ms } = await engine.run(request, recorders, id);
    const hasAnswered = status === 'complete' || status === 'degraded' || error?.code === 'empty_answer';
    return {
      id: writtenId(member.provider, member.model),
      // A model whose thoughts have used up the few tokens has answered too.
      error: hasAnswered ? null : error,
      first_token_ms: calls[0]?.first_token_ms ?? null,
      duration_ms: calls[0]?.duration_ms ?? duration_ms,
      cost_usd,
      cost_source,
    };
  } catch (error) {
    if (isMomError(error)) return notAsked(member, errorInfo(error));
    throw error;
  } finally {
    for (const recorder of recorders) await recorder.close?.();
  }
}

function notAsked({ provider, model }: Member, error: ErrorInfo): LiveAnswer {
  return { id: writtenId(provider, model), error, first_token_ms: null, duration_ms: null, cost_usd: 0, cost_source: 'reported' };
}

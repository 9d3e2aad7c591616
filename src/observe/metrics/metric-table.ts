/** One metric of the gateway, as Prometheus shows it. */
export interface MetricSpec {
  name: string;
  type: 'counter' | 'gauge' | 'histogram';
  labels: readonly string[];
  help: string;
}

/** Seconds: from an answer of the cache to the longest run of a client that reads along (900 s). */
export const LATENCY_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 900] as const;

/**
 * Different models, mixtures and clients that get series of their own; what comes later is `other`. A client can name any model. Of an
 * evaluation the best contestants.
 */
export const MOST_LABELS = { model: 200, mixture: 100, client: 200, contestant: 50 } as const;

/** Every metric of mom's own; those of the process come from prom-client under their usual names. docs/operation.md lists these. */
export const METRICS = {
  http: {
    name: 'mom_http_requests_total',
    type: 'counter',
    labels: ['method', 'path', 'status'],
    help: 'HTTP requests by status that was sent, probes aside; 499 when the client had gone before.',
  },
  inFlight: { name: 'mom_requests_in_flight', type: 'gauge', labels: [], help: 'HTTP requests under way, probes aside.' },
  requests: {
    name: 'mom_requests_total',
    type: 'counter',
    labels: ['client', 'mixture', 'strategy', 'status'],
    help: 'Requests to models: complete, degraded, failed, cancelled (the client went away), or refused before anything was asked.',
  },
  failures: {
    name: 'mom_request_failures_total',
    type: 'counter',
    labels: ['mixture', 'code'],
    help: 'Requests to models that ended with an error, by its code.',
  },
  firstToken: {
    name: 'mom_request_first_token_seconds',
    type: 'histogram',
    labels: ['mixture', 'strategy'],
    help: 'From the request to the first character of a streamed answer.',
  },
  duration: {
    name: 'mom_request_duration_seconds',
    type: 'histogram',
    labels: ['mixture', 'strategy'],
    help: 'From the request to the end of the answer, of complete, degraded and failed requests.',
  },
  runs: {
    name: 'mom_runs_total',
    type: 'counter',
    labels: ['mixture', 'strategy', 'status'],
    help: 'Runs by outcome; several requests can share one.',
  },
  fallbacks: {
    name: 'mom_critic_fallbacks_total',
    type: 'counter',
    labels: ['mixture'],
    help: 'Critics that could not write the answer, so that another one or a proposal had to stand in.',
  },
  cut: {
    name: 'mom_proposals_cut_total',
    type: 'counter',
    labels: ['mixture'],
    help: 'Proposals that were no longer waited for once enough others were there.',
  },
  cacheHits: { name: 'mom_cache_hits_total', type: 'counter', labels: ['mixture'], help: 'Runs answered from the cache.' },
  calls: {
    name: 'mom_calls_total',
    type: 'counter',
    labels: ['mixture', 'provider', 'model', 'kind', 'outcome'],
    help: 'Calls to models: answered, failed, cancelled, or kept from an earlier run of the same request.',
  },
  callFailures: {
    name: 'mom_call_failures_total',
    type: 'counter',
    labels: ['provider', 'model', 'code'],
    help: 'Calls that failed, by the code of the error.',
  },
  callFirstToken: {
    name: 'mom_call_first_token_seconds',
    type: 'histogram',
    labels: ['provider', 'model'],
    help: "From a call to its answer's first token.",
  },
  callDuration: {
    name: 'mom_call_duration_seconds',
    type: 'histogram',
    labels: ['provider', 'model'],
    help: 'Answered calls, with their retries.',
  },
  tokens: {
    name: 'mom_tokens_total',
    type: 'counter',
    labels: ['mixture', 'provider', 'model', 'kind'],
    help: 'Tokens; reasoning is a part of output, cached a part of input.',
  },
  cost: {
    name: 'mom_cost_usd_total',
    type: 'counter',
    labels: ['mixture', 'provider', 'model'],
    help: 'US dollars of the calls whose price is known.',
  },
  unpriced: {
    name: 'mom_calls_unpriced_total',
    type: 'counter',
    labels: ['mixture', 'provider', 'model'],
    help: 'Calls of unknown price, which mom_cost_usd_total lacks.',
  },
  clientCost: { name: 'mom_client_cost_usd_total', type: 'counter', labels: ['client'], help: 'US dollars of known price by client.' },
  breaker: {
    name: 'mom_breaker_state',
    type: 'gauge',
    labels: ['provider', 'model'],
    help: '0: asked; 1: being tried again; 2: left alone after failures in a row.',
  },
  budgetLimit: {
    name: 'mom_budget_limit_usd',
    type: 'gauge',
    labels: ['budget'],
    help: 'What a budget allows in its period, in US dollars: day and month of all runs, laptop day of a key.',
  },
  budgetLeft: { name: 'mom_budget_left_usd', type: 'gauge', labels: ['budget'], help: 'What is left of it.' },
  evalStarted: {
    name: 'mom_eval_start_time_seconds',
    type: 'gauge',
    labels: ['baseline'],
    help: 'When the latest evaluation (mom eval) of this user began, since 1970; all of mom_eval_* are of this one.',
  },
  evalPrompts: { name: 'mom_eval_prompts', type: 'gauge', labels: ['contestant'], help: 'Prompts that the contestant was asked.' },
  evalFailed: { name: 'mom_eval_failed_answers', type: 'gauge', labels: ['contestant'], help: 'Those of them without an answer.' },
  evalAccuracy: {
    name: 'mom_eval_accuracy_ratio',
    type: 'gauge',
    labels: ['contestant'],
    help: 'Share of right answers from 0 to 1, where references or a check can tell; a failed answer is wrong.',
  },
  evalWinRate: {
    name: 'mom_eval_win_rate_ratio',
    type: 'gauge',
    labels: ['contestant'],
    help: 'Share of wins against the baseline from 0 to 1, where judges have compared.',
  },
  evalCost: { name: 'mom_eval_prompt_cost_usd', type: 'gauge', labels: ['contestant'], help: 'US dollars a prompt, in the mean.' },
} as const satisfies Record<string, MetricSpec>;

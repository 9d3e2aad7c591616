import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { RunEvent, RunEventBody } from '../../../src/core/event.js';
import type { RequestReport } from '../../../src/core/request-report.js';
import { ResultFold } from '../../../src/core/result.js';
import type { CallRecord } from '../../../src/core/run.js';
import { NO_USAGE } from '../../../src/core/usage.js';
import { METRICS, type MetricSpec, MOST_LABELS } from '../../../src/observe/metrics/metric-table.js';
import { createMetrics, type Metrics } from '../../../src/observe/metrics/metrics.js';
import { callRecord } from '../sample-run.js';

const SPECS: readonly MetricSpec[] = Object.values(METRICS);

function report(changes: Partial<RequestReport> = {}): RequestReport {
  return {
    id: 'req-1',
    method: 'POST',
    path: '/v1/chat/completions',
    client: 'local',
    status: 200,
    durationMs: 2_500,
    firstTokenMs: 800,
    model: 'mom',
    mixture: 'default',
    strategy: 'fuse',
    runId: 'run-1',
    runStatus: 'complete',
    usage: null,
    costUsd: 0.01,
    error: null,
    ...changes,
  };
}

/** A whole run with these calls, told to a reader of the metrics. */
function tell(
  metrics: Metrics,
  ends: readonly RunEventBody[],
  client = 'local',
  outcome: Partial<Extract<RunEventBody, { type: 'outcome' }>> = {},
) {
  const sink = metrics.ofRun(client);
  const fold = new ResultFold();
  const start: RunEventBody = {
    type: 'run.start',
    started_at: '2026-01-31T08:15:00.123Z',
    mixture: 'default',
    strategy: 'fuse',
    route_reason: 'asked for',
    seed: 1,
    quorum: 2,
    min_answers: 1,
    proposers: [],
    critics: [],
    messages: [],
  };
  const end: RunEventBody = {
    type: 'outcome',
    status: 'complete',
    answer: '42',
    tool_calls: [],
    answer_source: 'critic',
    finish_reason: 'stop',
    error: null,
    ...outcome,
  };
  for (const body of [start, ...ends, end]) {
    const event = { ...body, run_id: 'run-1', t_ms: 5 } as RunEvent;
    fold.apply(event);
    sink.handle(event);
  }
  sink.handle({ type: 'run.end', result: fold.result(), run_id: 'run-1', t_ms: 6 });
}

const ended = (changes: Partial<CallRecord>): RunEventBody => ({ type: 'call.end', call: callRecord(changes) });

/** The samples of one metric, as they stand in the text; without those of its buckets. */
async function samples(metrics: Metrics, { name }: MetricSpec): Promise<string[]> {
  const lines = (await metrics.text()).split('\n');
  return lines.filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `) || line.startsWith(`${name}_count`));
}

describe('requests', () => {
  it('are counted by client, mixture, strategy and outcome, and their errors by code', async () => {
    const metrics = createMetrics();
    metrics.over(report());
    metrics.over(report());
    metrics.over(report({ runStatus: 'degraded', client: 'laptop' }));
    metrics.over(report({ status: 502, runStatus: 'failed', error: { code: 'no_answer', message: 'all failed' } }));
    metrics.over(report({ status: 499, runStatus: null, runId: null }));
    const nobody = { client: null, mixture: null, strategy: null, runId: null, runStatus: null, firstTokenMs: null };
    metrics.over(report({ ...nobody, status: 401, error: { code: 'unauthorized', message: 'no key' } }));
    expect(await samples(metrics, METRICS.requests)).toEqual([
      'mom_requests_total{client="local",mixture="default",strategy="fuse",status="complete"} 2',
      'mom_requests_total{client="laptop",mixture="default",strategy="fuse",status="degraded"} 1',
      'mom_requests_total{client="local",mixture="default",strategy="fuse",status="failed"} 1',
      'mom_requests_total{client="local",mixture="default",strategy="fuse",status="cancelled"} 1',
      'mom_requests_total{client="",mixture="",strategy="",status="refused"} 1',
    ]);
    expect(await samples(metrics, METRICS.failures)).toEqual([
      'mom_request_failures_total{mixture="default",code="no_answer"} 1',
      'mom_request_failures_total{mixture="",code="unauthorized"} 1',
    ]);
  });

  it('have latencies in seconds with buckets up to 900, those turned away or given up aside', async () => {
    const metrics = createMetrics();
    metrics.over(report({ durationMs: 880_000, firstTokenMs: 61_000 }));
    metrics.over(report({ status: 429, runStatus: null, firstTokenMs: null }));
    metrics.over(report({ status: 499, runStatus: 'cancelled', firstTokenMs: null }));
    const text = await metrics.text();
    expect(text).toContain('mom_request_duration_seconds_bucket{le="600",mixture="default",strategy="fuse"} 0');
    expect(text).toContain('mom_request_duration_seconds_bucket{le="900",mixture="default",strategy="fuse"} 1');
    expect(text).toContain('mom_request_duration_seconds_count{mixture="default",strategy="fuse"} 1');
    expect(text).toContain('mom_request_first_token_seconds_sum{mixture="default",strategy="fuse"} 61');
  });

  it('to anything else count by method, path and status only, and what a client makes up is no label', async () => {
    const metrics = createMetrics();
    for (const path of ['/v1/models', '/v1/models/mom%2Ffast', '/../../etc/passwd', '/v1/chat/completions/x'])
      metrics.over(report({ method: 'GET', path, runStatus: null, runId: null }));
    metrics.over(report({ method: 'BREW', path: '/coffee', status: 404, runStatus: null, runId: null }));
    expect(await samples(metrics, METRICS.http)).toEqual([
      'mom_http_requests_total{method="GET",path="/v1/models",status="200"} 1',
      'mom_http_requests_total{method="GET",path="/v1/models/{id}",status="200"} 1',
      'mom_http_requests_total{method="GET",path="other",status="200"} 2',
      'mom_http_requests_total{method="other",path="other",status="404"} 1',
    ]);
    expect(await samples(metrics, METRICS.requests)).toEqual([]);
  });

  it('under way are a gauge', async () => {
    const metrics = createMetrics();
    metrics.begun();
    metrics.begun();
    metrics.over(report());
    expect(await samples(metrics, METRICS.inFlight)).toEqual(['mom_requests_in_flight 1']);
  });

  it('for embeddings tell tokens and cost, and say so where it is unknown', async () => {
    const metrics = createMetrics();
    const embedding = { path: '/v1/embeddings', model: 'acme/embed', mixture: null, strategy: null, runId: null, runStatus: null };
    metrics.over(report({ ...embedding, costUsd: 0.25, usage: { ...NO_USAGE, input_tokens: 7 } }));
    metrics.over(report({ ...embedding, costUsd: null }));
    metrics.over(report({ ...embedding, costUsd: null, status: 502 }));
    expect(await samples(metrics, METRICS.cost)).toEqual(['mom_cost_usd_total{mixture="",provider="",model="acme/embed"} 0.25']);
    expect(await samples(metrics, METRICS.unpriced)).toEqual(['mom_calls_unpriced_total{mixture="",provider="",model="acme/embed"} 1']);
    expect(await samples(metrics, METRICS.tokens)).toEqual(['mom_tokens_total{mixture="",provider="",model="acme/embed",kind="input"} 7']);
  });
});

describe('the latest evaluation', () => {
  const one = (name: string) => ({ name, prompts: 10, failed: 1, accuracy: 0.7, win_rate: null, cost_usd: 0.02 });
  const latest = {
    format: 1 as const,
    id: 'a',
    started_at: '2026-01-31T12:00:00.000Z',
    baseline: 'default',
    contestants: [one('default'), { ...one('openai/gpt-5 x4'), accuracy: null, win_rate: 0.625, cost_usd: null }],
  };

  it('is shown as it is now, and what was not measured is not', async () => {
    const metrics = createMetrics();
    metrics.watchEvaluation(() => latest);
    expect(await samples(metrics, METRICS.evalStarted)).toEqual(['mom_eval_start_time_seconds{baseline="default"} 1769860800']);
    expect(await samples(metrics, METRICS.evalPrompts)).toEqual([
      'mom_eval_prompts{contestant="default"} 10',
      'mom_eval_prompts{contestant="openai/gpt-5 x4"} 10',
    ]);
    expect(await samples(metrics, METRICS.evalFailed)).toContain('mom_eval_failed_answers{contestant="default"} 1');
    expect(await samples(metrics, METRICS.evalAccuracy)).toEqual(['mom_eval_accuracy_ratio{contestant="default"} 0.7']);
    expect(await samples(metrics, METRICS.evalWinRate)).toEqual(['mom_eval_win_rate_ratio{contestant="openai/gpt-5 x4"} 0.625']);
    expect(await samples(metrics, METRICS.evalCost)).toEqual(['mom_eval_prompt_cost_usd{contestant="default"} 0.02']);
    metrics.watchEvaluation(() => null);
    for (const spec of [METRICS.evalStarted, METRICS.evalPrompts, METRICS.evalAccuracy]) expect(await samples(metrics, spec)).toEqual([]);
  });

  it('has as many labels as are bearable, without secrets', async () => {
    const metrics = createMetrics({ clean: (text) => text.replace('sk-secret', '[redacted]') });
    const many = Array.from({ length: 60 }, (_, i) => one(`sk-secret ${i}\n`));
    metrics.watchEvaluation(() => ({ ...latest, contestants: many }));
    const lines = await samples(metrics, METRICS.evalPrompts);
    expect(lines.length).toBe(MOST_LABELS.contestant);
    expect(lines[0]).toBe('mom_eval_prompts{contestant="[redacted] 0\ufffd"} 10');
  });
});

describe('runs', () => {
  it('tell calls, failures, tokens and cost of each model; an unknown price is counted, not shown as 0', async () => {
    const metrics = createMetrics();
    const usage = { input_tokens: 10, output_tokens: 5, reasoning_tokens: 2, cached_input_tokens: 0 };
    const error = { code: 'rate_limited' as const, message: 'slow down', hint: null, status: 429 };
    tell(metrics, [
      ended({ id: 'p1', usage, cost_usd: 0.5, first_token_ms: 120, duration_ms: 300 }),
      ended({ id: 'p2', model: 'other/two', status: 'failed', error, usage: null, cost_usd: null, first_token_ms: null, duration_ms: 90 }),
      ended({ id: 'c1', kind: 'critic', usage: null, cost_usd: 0.25 }),
    ]);
    const of = 'mixture="default",provider="openrouter",model="acme/one"';
    expect(await samples(metrics, METRICS.calls)).toEqual([
      `mom_calls_total{${of},kind="proposer",outcome="answered"} 1`,
      'mom_calls_total{mixture="default",provider="openrouter",model="other/two",kind="proposer",outcome="failed"} 1',
      `mom_calls_total{${of},kind="critic",outcome="answered"} 1`,
    ]);
    expect(await samples(metrics, METRICS.callFailures)).toEqual([
      'mom_call_failures_total{provider="openrouter",model="other/two",code="rate_limited"} 1',
    ]);
    expect(await samples(metrics, METRICS.tokens)).toEqual([
      `mom_tokens_total{${of},kind="input"} 10`,
      `mom_tokens_total{${of},kind="output"} 5`,
      `mom_tokens_total{${of},kind="reasoning"} 2`,
    ]);
    expect(await samples(metrics, METRICS.cost)).toEqual([`mom_cost_usd_total{${of}} 0.75`]);
    expect(await samples(metrics, METRICS.clientCost)).toEqual(['mom_client_cost_usd_total{client="local"} 0.75']);
    expect(await samples(metrics, METRICS.unpriced)).toEqual([
      'mom_calls_unpriced_total{mixture="default",provider="openrouter",model="other/two"} 1',
    ]);
    expect(await samples(metrics, METRICS.callFirstToken)).toEqual([
      'mom_call_first_token_seconds_count{provider="openrouter",model="acme/one"} 2',
    ]);
    expect(await samples(metrics, METRICS.callDuration)).toEqual([
      'mom_call_duration_seconds_count{provider="openrouter",model="acme/one"} 2',
    ]);
  });

  it('tell outcome, cuts, fallback critics and hits of the cache', async () => {
    const metrics = createMetrics();
    tell(
      metrics,
      [
        { type: 'proposals', answered: 2, failed: 0, cut: 1 },
        { type: 'warning', warning: { code: 'writer_failed', message: 'acme/one could not write the answer: 500' } },
        { type: 'warning', warning: { code: 'price_unknown', message: 'not this one' } },
      ],
      'local',
      { status: 'degraded' },
    );
    tell(metrics, [], 'local', { answer_source: 'cache' });
    expect(await samples(metrics, METRICS.runs)).toEqual([
      'mom_runs_total{mixture="default",strategy="fuse",status="degraded"} 1',
      'mom_runs_total{mixture="default",strategy="fuse",status="complete"} 1',
    ]);
    expect(await samples(metrics, METRICS.cut)).toEqual(['mom_proposals_cut_total{mixture="default"} 1']);
    expect(await samples(metrics, METRICS.fallbacks)).toEqual(['mom_critic_fallbacks_total{mixture="default"} 1']);
    expect(await samples(metrics, METRICS.cacheHits)).toEqual(['mom_cache_hits_total{mixture="default"} 1']);
  });

  it('count a call once, with the price that was learnt after it was cut', async () => {
    const metrics = createMetrics();
    const cut = { id: 'p1', status: 'cancelled' as const, cost_usd: null };
    tell(metrics, [ended(cut), { type: 'call.billed', call: callRecord({ ...cut, cost_usd: 0.125 }) }]);
    expect(await samples(metrics, METRICS.cost)).toEqual([
      'mom_cost_usd_total{mixture="default",provider="openrouter",model="acme/one"} 0.125',
    ]);
    expect(await samples(metrics, METRICS.unpriced)).toEqual([]);
  });

  it('do not pay again for a call that was kept from an earlier one', async () => {
    const metrics = createMetrics();
    tell(metrics, [{ type: 'call.kept', call: callRecord({ id: 'p1', cost_usd: 0.5 }) }]);
    expect(await samples(metrics, METRICS.calls)).toEqual([
      'mom_calls_total{mixture="default",provider="openrouter",model="acme/one",kind="proposer",outcome="kept"} 1',
    ]);
    expect(await samples(metrics, METRICS.cost)).toEqual([]);
    expect(await samples(metrics, METRICS.tokens)).toEqual([]);
  });
});

describe('series', () => {
  it('of models that clients name are bounded; what comes later is `other`', async () => {
    const metrics = createMetrics();
    const calls = Array.from({ length: MOST_LABELS.model + 50 }, (_, i) =>
      ended({ id: `p${i}`, model: `made/up-${i}`, usage: null, cost_usd: 0 }),
    );
    tell(metrics, calls);
    tell(metrics, [ended({ id: 'p1', model: 'made/up-0', cost_usd: 0 })]);
    const lines = await samples(metrics, METRICS.calls);
    expect(lines).toHaveLength(MOST_LABELS.model + 1);
    expect(lines.at(-1)).toBe(
      'mom_calls_total{mixture="default",provider="openrouter",model="other",kind="proposer",outcome="answered"} 50',
    );
    expect(lines[0]).toBe(
      'mom_calls_total{mixture="default",provider="openrouter",model="made/up-0",kind="proposer",outcome="answered"} 2',
    );
  });

  it('of two gateways in one process are apart', async () => {
    const [one, two] = [createMetrics(), createMetrics()];
    one.over(report());
    expect(await samples(one, METRICS.requests)).toHaveLength(1);
    expect(await samples(two, METRICS.requests)).toEqual([]);
  });
});

describe('what is asked for when somebody reads', () => {
  it('is the state of each breaker as it is then', async () => {
    const metrics = createMetrics();
    let state: 'open' | 'half-open' = 'open';
    metrics.watchBreakers(() => [
      { provider: 'openrouter', model: 'acme/one', state },
      { provider: 'openrouter', model: 'acme/two', state: 'closed' },
    ]);
    expect(await samples(metrics, METRICS.breaker)).toEqual([
      'mom_breaker_state{provider="openrouter",model="acme/two"} 0',
      'mom_breaker_state{provider="openrouter",model="acme/one"} 2',
    ]);
    state = 'half-open';
    expect(await samples(metrics, METRICS.breaker)).toContain('mom_breaker_state{provider="openrouter",model="acme/one"} 1');
    metrics.watchBreakers(() => []);
    expect(await samples(metrics, METRICS.breaker)).toEqual([]);
  });

  it('is what each budget allows and what is left', async () => {
    const metrics = createMetrics();
    metrics.watchBudgets(() => [{ name: 'day', limit: 5, left: 1.25 }]);
    expect(await samples(metrics, METRICS.budgetLimit)).toEqual(['mom_budget_limit_usd{budget="day"} 5']);
    expect(await samples(metrics, METRICS.budgetLeft)).toEqual(['mom_budget_left_usd{budget="day"} 1.25']);
  });
});

describe('the text', () => {
  it('is what Prometheus reads, with every metric of the table and those of the process', async () => {
    const metrics = createMetrics();
    expect(metrics.contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
    const text = await metrics.text();
    for (const { name, type } of SPECS) expect(text).toContain(`# TYPE ${name} ${type}\n`);
    expect(text).toContain('# TYPE process_cpu_user_seconds_total counter\n');
    expect(text).toContain('# TYPE nodejs_eventloop_lag_seconds gauge\n');
  });

  it('has a row for each metric in docs/operation.md, with its labels and help', () => {
    const rows = readFileSync('docs/operation.md', 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('| `mom_'));
    expect(rows).toEqual(
      SPECS.map(
        ({ name, type, labels, help }) => `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(' ')} | ${help} |`,
      ),
    );
  });

  it('has every metric that the alert rules ask for', () => {
    const { groups } = parse(readFileSync('docs/examples/mom-alerts.yml', 'utf8')) as {
      groups: { rules: { alert: string; expr: string }[] }[];
    };
    const rules = groups.flatMap((group) => group.rules);
    expect(rules.map(({ alert }) => alert)).toEqual(expect.arrayContaining(['MomSuccessRateLow', 'MomSlow', 'MomBudgetNearEnd']));
    const asked = rules.flatMap(({ expr }) => expr.match(/\bmom_\w+/g) ?? []).map((name) => name.replace(/_bucket$/, ''));
    const names = SPECS.map(({ name }) => name);
    expect(asked.filter((name) => !names.includes(name))).toEqual([]);
    for (const { expr } of rules) {
      for (const [, name, matchers] of expr.matchAll(/\b(mom_\w+?)(?:_bucket)?\{([^}]*)\}/g)) {
        const labels = SPECS.find((spec) => spec.name === name)?.labels ?? [];
        expect(
          [...(matchers ?? '').matchAll(/(\w+)=/g)].map(([, label]) => label).filter((label) => !labels.includes(label ?? '')),
        ).toEqual([]);
      }
    }
  });
});

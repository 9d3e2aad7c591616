import type { EvalPlan } from '../../../src/core/eval/plan.js';
import type { EvalPrompt } from '../../../src/core/eval/prompt.js';
import type { CheckResult, EvalAnswer, Judgement } from '../../../src/core/eval/records.js';
import type { ContestantReport, EvalReport } from '../../../src/core/eval/report.js';

export const PLAN: EvalPlan = {
  mixtures: ['default'],
  strategies: [],
  models: [],
  members: true,
  sampled: true,
  samples: null,
  baseline: null,
  judges: [],
  extract: null,
  check: null,
  margin: 2,
  seed: 1,
  config: null,
  sets: [],
  recorded: [],
  sandbox_seed: null,
};

export function head(id: string, { startedAt = '2026-01-31T12:00:00.000Z', sandbox = false } = {}) {
  return { id, started_at: startedAt, sandbox, plan: PLAN };
}

export function prompt(id: string, content = `question ${id}`): EvalPrompt {
  return { id, messages: [{ role: 'user', content }], reference: null, kind: 'other', answer_file: null };
}

export function prompts(count: number): EvalPrompt[] {
  return Array.from({ length: count }, (_, i) => prompt(`p${i}`));
}

export function answer(text: string | null = 'an answer'): EvalAnswer {
  return {
    status: 'answered',
    text,
    error: null,
    run: '20260131-120000-aaaaaa',
    calls: 3,
    cost_usd: 0.01,
    cost_source: 'reported',
    first_token_ms: 100,
    duration_ms: 900,
    answered_at: '2026-01-31T12:00:01.000Z',
  };
}

export const JUDGEMENT: Judgement = {
  winner: 'a',
  trouble: null,
  confidence: 0.9,
  reason: 'clearer',
  run: '20260131-120000-bbbbbb',
  cost_usd: null,
  cost_source: 'unknown',
};

export const CHECKED: CheckResult = { passed: false, reason: 'exit 1', output: 'no\0pe' };

export function contestant(name: string, more: Partial<ContestantReport> = {}): ContestantReport {
  return {
    name,
    role: 'mixture',
    models: ['openai/one'],
    strategy: 'fuse',
    samples: null,
    matches: [],
    is_baseline: false,
    missing: 0,
    rating: null,
    on_hull: null,
    cost_source: 'reported',
    first_token_ms: null,
    duration_ms: null,
    kinds: {},
    n: 10,
    failed: 1,
    accuracy: null,
    board: null,
    cost_usd: null,
    ...more,
  };
}

export function report(id: string, more: Partial<EvalReport> = {}): EvalReport {
  return {
    schema_version: 1,
    id,
    started_at: '2026-01-31T12:00:00.000Z',
    sandbox: false,
    partial: null,
    prompts: { total: 10, complete: 10, by_reference: 10, by_check: 0, by_judge: 0, unscored: 0 },
    baseline: 'default',
    margin: 2,
    contestants: [contestant('default')],
    pairs: [],
    verdicts: [],
    recommendations: [],
    judges: [],
    agreement: [],
    losses: [],
    cost_usd: 1,
    spent_usd: 1,
    cost_source: 'reported',
    duration_ms: 1_000,
    warnings: [],
    ...more,
  };
}

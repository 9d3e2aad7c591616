import { describe, expect, it } from 'vitest';
import runsSchema from '../schemas/runs.schema.json' with { type: 'json' };
import type { CostGroup, CostRow, RunOrigin, RunSummary, StoredRun } from '../src/core/history.js';
import { problems as problemsOf } from './support/schema.js';
import { runSummary, storedRun } from './support/stored-run.js';

const problems = (value: unknown) => problemsOf('runs', JSON.parse(JSON.stringify(value)));

// The compiler refuses these when a type gains or loses a member, and the tests below when the schema does not follow.
const SUMMARY: Record<keyof RunSummary, true> = {
  id: true,
  started_at: true,
  door: true,
  client: true,
  sandbox: true,
  mixture: true,
  strategy: true,
  status: true,
  error_code: true,
  models: true,
  question: true,
  cost_usd: true,
  cost_source: true,
  duration_ms: true,
  input_tokens: true,
  output_tokens: true,
  parent: true,
  link: true,
  conversation: true,
};
const ORIGIN: Record<keyof RunOrigin, true> = {
  door: true,
  client: true,
  sandbox: true,
  parent: true,
  link: true,
  conversation: true,
  choice: true,
  format: true,
  tools: true,
};
const RUN: Record<keyof StoredRun, true> = {
  summary: true,
  origin: true,
  content: true,
  messages: true,
  result: true,
  started: true,
  prompts: true,
};
const ROW: Record<keyof CostRow, true> = {
  key: true,
  runs: true,
  calls: true,
  input_tokens: true,
  output_tokens: true,
  cost_usd: true,
  estimated_usd: true,
  unpriced_calls: true,
};
const GROUP: Record<CostGroup, true> = { day: true, model: true, mixture: true, client: true };

const { $defs } = runsSchema;
const sorted = (values: Iterable<string>) => [...values].sort();

describe('the schema of the history', () => {
  const run = { schema_version: 1, ...storedRun() };
  const row: CostRow = {
    key: '2026-01-31',
    runs: 1,
    calls: 2,
    input_tokens: 3,
    output_tokens: 4,
    cost_usd: 0.5,
    estimated_usd: 0,
    unpriced_calls: 1,
  };
  const { key: _key, ...total } = row;
  const costs = { schema_version: 1, by: 'day', since: null, total, rows: [row] };

  it('takes a list, a run and costs', () => {
    const ofClient = runSummary({ door: 'serve', client: 'laptop', question: null, error_code: 'timeout', status: 'failed' });
    expect(problems({ schema_version: 1, runs: [runSummary(), ofClient] })).toEqual([]);
    expect(problems({ schema_version: 1, runs: [] })).toEqual([]);
    expect(problems(run)).toEqual([]);
    expect(problems(costs)).toEqual([]);
    expect(problems({ ...costs, since: '2026-01-31T00:00:00.000Z', rows: [] })).toEqual([]);
  });

  it.each(Object.keys(SUMMARY))('refuses a summary without %s', (key) => {
    expect(problems({ schema_version: 1, runs: [{ ...runSummary(), [key]: undefined }] })).not.toEqual([]);
  });

  it.each(Object.keys(RUN))('refuses a run without %s', (key) => {
    expect(problems({ ...run, [key]: undefined })).not.toEqual([]);
  });

  it.each(Object.keys(ROW))('refuses costs of a group without %s', (key) => {
    expect(problems({ ...costs, rows: [{ ...row, [key]: undefined }] })).not.toEqual([]);
  });

  it('refuses a run whose result or messages are none, and an unknown key anywhere', () => {
    expect(problems({ ...run, result: { ...run.result, status: 'done' } })).not.toEqual([]);
    expect(problems({ ...run, messages: [{ role: 'robot', content: 'x' }] })).not.toEqual([]);
    expect(problems({ ...run, prompts: { c1: 'x' } })).not.toEqual([]);
    expect(problems({ ...run, more: 1 })).not.toEqual([]);
    expect(problems({ ...costs, more: 1 })).not.toEqual([]);
    expect(problems({ schema_version: 1, runs: [{ ...runSummary(), more: 1 }] })).not.toEqual([]);
  });

  it('has the keys of the types', () => {
    expect(sorted($defs.summary.required)).toEqual(sorted(Object.keys(SUMMARY)));
    expect(sorted(Object.keys($defs.summary.properties))).toEqual(sorted(Object.keys(SUMMARY)));
    expect(sorted($defs.origin.required)).toEqual(sorted(Object.keys(ORIGIN)));
    expect(sorted($defs.run.required)).toEqual(sorted([...Object.keys(RUN), 'schema_version']));
    expect(sorted($defs.costs.properties.rows.items.required)).toEqual(sorted(Object.keys(ROW)));
    expect(sorted($defs.costs.properties.total.required)).toEqual(sorted(Object.keys(total)));
    expect(sorted($defs.costs.properties.by.enum)).toEqual(sorted(Object.keys(GROUP)));
  });
});

import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { unstartedResult } from '../src/cli/report.js';
import { ERRORS, MomError } from '../src/core/error.js';
import type { RunEvent } from '../src/core/event.js';
import type { MessageRole } from '../src/core/message.js';
import type { RunStrategy } from '../src/core/mixture.js';
import type { CallKind, CallRecord, CallStatus, RunResult, RunStatus } from '../src/core/run.js';
import type { CostSource, Usage } from '../src/core/usage.js';
import { BODIES, CACHED_BODIES, events, LAYERED_BODIES, resultOf } from './observe/sample-run.js';

interface Schema {
  enum?: string[];
  required?: string[];
  properties?: Record<string, Schema>;
  oneOf?: unknown[];
  $defs: Record<string, Schema>;
}

const read = (name: string) => JSON.parse(readFileSync(new URL(`../schemas/${name}`, import.meta.url), 'utf8')) as Schema;
const resultSchema = read('result.schema.json');
const eventSchema = read('event.schema.json');
const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true, formats: { 'date-time': true } });
ajv.addSchema(resultSchema);
ajv.addSchema(eventSchema);

function problems(schema: 'result' | 'event', value: unknown): unknown {
  ajv.validate(`${schema}.schema.json`, JSON.parse(JSON.stringify(value)));
  return ajv.errors ?? [];
}

// The compiler refuses these when a type gains or loses a member, and the tests below when the schema does not follow.
const RUN_STATUS: Record<RunStatus, true> = { complete: true, degraded: true, failed: true, cancelled: true };
const CALL_STATUS: Record<CallStatus, true> = { answered: true, failed: true, cancelled: true, skipped: true };
const CALL_KIND: Record<CallKind, true> = { proposer: true, critic: true, judge: true, verifier: true, router: true, embedding: true };
const STRATEGY: Record<RunStrategy, true> = { single: true, fuse: true, self: true, vote: true, select: true, cascade: true, deep: true };
const COST_SOURCE: Record<CostSource, true> = { reported: true, computed: true, estimated: true, partial: true, unknown: true };
const ROLE: Record<MessageRole, true> = { system: true, developer: true, user: true, assistant: true, tool: true };
const EVENT_TYPE: Record<RunEvent['type'], true> = {
  'run.start': true,
  route: true,
  'call.start': true,
  'call.delta': true,
  'call.restart': true,
  'call.end': true,
  'call.billed': true,
  'call.kept': true,
  'call.skipped': true,
  quorum: true,
  proposals: true,
  'answer.start': true,
  'answer.delta': true,
  'answer.tool_call': true,
  warning: true,
  outcome: true,
  'run.end': true,
};
const CALL_KEYS: Record<keyof CallRecord, true> = {
  id: true,
  kind: true,
  model: true,
  resolved_model: true,
  provider: true,
  family: true,
  role: true,
  layer: true,
  status: true,
  text: true,
  tool_calls: true,
  finish_reason: true,
  error: true,
  usage: true,
  cost_usd: true,
  cost_source: true,
  confidence: true,
  first_token_ms: true,
  duration_ms: true,
  attempts: true,
};
const RESULT_KEYS: Record<keyof RunResult, true> = {
  schema_version: true,
  id: true,
  status: true,
  answer: true,
  tool_calls: true,
  answer_source: true,
  finish_reason: true,
  mixture: true,
  strategy: true,
  route_reason: true,
  seed: true,
  proposals: true,
  critic: true,
  calls: true,
  usage: true,
  cost_usd: true,
  cost_source: true,
  duration_ms: true,
  warnings: true,
  error: true,
};
const USAGE_KEYS: Record<keyof Usage, true> = {
  input_tokens: true,
  output_tokens: true,
  reasoning_tokens: true,
  cached_input_tokens: true,
};

const sorted = (values: Iterable<string> | undefined) => [...(values ?? [])].sort();

describe('the schema of a result', () => {
  const result = resultOf(events());

  it('takes what the fold makes', () => {
    expect(problems('result', result)).toEqual([]);
  });

  it.each([
    ['layers and checks', LAYERED_BODIES],
    ['an answer from the cache', CACHED_BODIES],
  ])('takes a run with %s, event by event', (_what, bodies) => {
    const list = events(bodies);
    expect(list.flatMap((event) => problems('event', event))).toEqual([]);
    expect(problems('result', resultOf(list))).toEqual([]);
  });

  it('takes a failed run without an answer', () => {
    const bodies = BODIES.filter((body) => body.type === 'run.start');
    const failed = events([
      ...bodies,
      {
        type: 'outcome',
        status: 'failed',
        answer: null,
        tool_calls: [],
        answer_source: null,
        finish_reason: null,
        error: { code: 'timeout', message: 'late', hint: null },
      },
    ]);
    expect(problems('result', resultOf(failed))).toEqual([]);
  });

  it('takes the object of a command that never got as far as a run', () => {
    const unstarted = unstartedResult(new MomError('usage', 'unknown option', { hint: 'see --help' }));
    expect(problems('result', unstarted)).toEqual([]);
    expect(problems('event', { type: 'run.end', run_id: null, t_ms: 0, result: unstarted })).toEqual([]);
  });

  it.each(Object.keys(RESULT_KEYS))('refuses one without %s', (key) => {
    expect(problems('result', { ...result, [key]: undefined })).not.toEqual([]);
  });

  it('refuses an unknown key, here and in a call', () => {
    expect(problems('result', { ...result, more: 1 })).not.toEqual([]);
    expect(problems('result', { ...result, calls: [{ ...result.calls[0], more: 1 }] })).not.toEqual([]);
  });

  it.each([
    ['result', RESULT_KEYS],
    ['call', CALL_KEYS],
    ['usage', USAGE_KEYS],
  ])('names and requires every key of a %s', (name, keys) => {
    const schema = resultSchema.$defs[name];
    expect(sorted(Object.keys(schema?.properties ?? {}))).toEqual(sorted(Object.keys(keys)));
    expect(sorted(schema?.required)).toEqual(sorted(Object.keys(keys)));
  });

  it.each([
    ['run_status', Object.keys(RUN_STATUS)],
    ['call_status', Object.keys(CALL_STATUS)],
    ['call_kind', Object.keys(CALL_KIND)],
    ['cost_source', Object.keys(COST_SOURCE)],
    ['strategy', Object.keys(STRATEGY)],
    ['error_code', Object.keys(ERRORS)],
  ])('knows every %s', (name, values) => {
    expect(sorted(resultSchema.$defs[name]?.enum)).toEqual(sorted(values));
  });
});

describe('the schema of an event', () => {
  it.each(events().map((event, i) => [i, event.type, event] as const))('takes event %i, %s', (_i, _type, event) => {
    expect(problems('event', event)).toEqual([]);
  });

  it('refuses an unknown event and one with a key too many', () => {
    expect(problems('event', { type: 'other', run_id: 'r', t_ms: 0 })).not.toEqual([]);
    expect(problems('event', { type: 'answer.delta', text: 'a', run_id: 'r', t_ms: 0, more: 1 })).not.toEqual([]);
  });

  it('knows every type of event and every role, and the sample shows each type', () => {
    const types = sorted(Object.keys(EVENT_TYPE));
    expect(sorted(Object.keys(eventSchema.$defs).filter((name) => types.includes(name)))).toEqual(types);
    expect(eventSchema.oneOf).toHaveLength(types.length);
    expect(sorted(new Set(events().map((event) => event.type)))).toEqual(types);
    expect(sorted(eventSchema.$defs.message?.properties?.role?.enum)).toEqual(sorted(Object.keys(ROLE)));
  });
});

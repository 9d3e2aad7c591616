import type { RunEvent, RunEventBody } from '../../src/core/event.js';
import type { RunOrigin } from '../../src/core/history.js';
import { ResultFold } from '../../src/core/result.js';
import type { CallKind, CallRecord, RunResult } from '../../src/core/run.js';

export const RUN_ID = 'run-1';

/** Where it came from. */
export const ORIGIN: RunOrigin = {
  door: 'ask',
  client: null,
  sandbox: false,
  parent: null,
  link: null,
  conversation: RUN_ID,
  choice: { mixture: 'cheap', role: 'critical' },
  format: null,
  tools: false,
};

export function callRecord(changes: Partial<CallRecord> = {}): CallRecord {
  return {
    id: 'p1',
    kind: 'proposer',
    model: 'acme/one',
    resolved_model: 'acme/one-2026',
    provider: 'openrouter',
    family: 'acme',
    role: null,
    layer: 1,
    status: 'answered',
    text: 'It is 42.',
    tool_calls: [],
    finish_reason: 'stop',
    error: null,
    usage: { input_tokens: 10, output_tokens: 5, reasoning_tokens: 0, cached_input_tokens: 0 },
    cost_usd: 0.001,
    cost_source: 'reported',
    confidence: null,
    first_token_ms: 120,
    duration_ms: 300,
    attempts: 1,
    ...changes,
  };
}

function start(id: string, kind: CallKind, messages: Extract<RunEventBody, { type: 'call.start' }>['messages']): RunEventBody {
  const call = { id, kind, model: `acme/${id}`, provider: 'openrouter', family: 'acme', role: null, layer: 1 };
  return { type: 'call.start', call, messages };
}

const participant = { model: 'acme/one', provider: 'openrouter', family: 'acme', role: null, required: false };

const failedCall = callRecord({
  id: 'p2',
  model: 'other/two',
  resolved_model: null,
  family: 'other',
  role: 'critical',
  status: 'failed',
  text: null,
  finish_reason: null,
  error: { code: 'key_refused', message: 'other/two: 401, no such key', hint: null, status: 401 },
  usage: null,
  cost_usd: null,
  cost_source: 'unknown',
  attempts: 2,
  first_token_ms: null,
});

const keptCall = callRecord({
  id: 'p1.2',
  layer: 2,
  usage: null,
  cost_usd: 0,
  cost_source: 'reported',
  attempts: 0,
  first_token_ms: 0,
  duration_ms: 0,
});

const toolCall = { id: 'call_1', name: 'write_note', arguments: '{"text":"42"}' };

const participants = {
  proposers: [
    { id: 'p1', ...participant },
    { id: 'p2', ...participant, model: 'other/two', family: 'other', role: 'critical', required: true },
    { id: 'p3', ...participant },
  ],
  critics: [{ id: 'c1', ...participant }],
};

/** One run in which everything happens that an event can tell. */
export const BODIES: RunEventBody[] = [
  {
    type: 'run.start',
    started_at: '2026-01-31T08:15:00.123Z',
    mixture: 'cheap',
    strategy: 'vote',
    route_reason: 'a short question',
    seed: 7,
    quorum: 3,
    min_answers: 1,
    ...participants,
    messages: [
      { role: 'system', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is it?' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA', detail: 'low' } },
        ],
      },
    ],
  },
  {
    type: 'route',
    mixture: 'default',
    strategy: 'fuse',
    route_reason: 'the classifier says: medium writing',
    quorum: 2,
    min_answers: 1,
    ...participants,
  },
  start('p1', 'proposer', null),
  start('p2', 'proposer', [{ role: 'user', content: 'What is it?' }]),
  {
    type: 'call.skipped',
    call: callRecord({
      id: 'p3',
      status: 'skipped',
      text: null,
      usage: null,
      cost_usd: null,
      cost_source: 'unknown',
      attempts: 0,
      duration_ms: null,
      first_token_ms: null,
      finish_reason: null,
    }),
  },
  { type: 'call.delta', call_id: 'p1', channel: 'reasoning', text: 'Hm. ' },
  { type: 'call.delta', call_id: 'p2', channel: 'text', text: 'It is ' },
  { type: 'call.delta', call_id: 'p1', channel: 'text', text: 'It is' },
  { type: 'call.delta', call_id: 'p1', channel: 'text', text: ' 42.' },
  {
    type: 'call.restart',
    call_id: 'p2',
    attempt: 1,
    error: { code: 'rate_limited', message: 'other/two: 429 for key sk-or-v1-0123456789abcdef0123', hint: 'wait', status: 429 },
    delay_ms: 400,
  },
  { type: 'call.end', call: callRecord() },
  { type: 'quorum', answered: 1, waiting_for: ['p2'], grace_ms: 5000 },
  { type: 'call.end', call: failedCall },
  { type: 'call.billed', call: { ...failedCall, cost_usd: 0.002, cost_source: 'estimated' } },
  { type: 'proposals', answered: 1, failed: 1, cut: 0 },
  { type: 'call.kept', call: keptCall },
  start('c1', 'critic', [
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'call_0', type: 'function', function: { name: 'look', arguments: '{"at":"it"}' } }],
    },
    { role: 'tool', tool_call_id: 'call_0', content: 'a number' },
    { role: 'user', content: 'What is it?\n\n<candidate A1 x>\n```js\n42\n```\n</candidate A1 x>' },
  ]),
  { type: 'answer.start', source: 'critic', model: 'acme/c1' },
  { type: 'call.delta', call_id: 'c1', channel: 'text', text: '42' },
  { type: 'answer.delta', text: '42' },
  { type: 'call.end', call: callRecord({ id: 'c1', kind: 'critic', text: '42', tool_calls: [toolCall], finish_reason: 'tool_calls' }) },
  { type: 'answer.tool_call', index: 0, call: toolCall },
  { type: 'warning', warning: { code: 'proposer_failed', message: 'other/two failed' } },
  {
    type: 'outcome',
    status: 'degraded',
    answer: '42',
    tool_calls: [toolCall],
    answer_source: 'critic',
    finish_reason: 'tool_calls',
    error: null,
  },
];

const [START, ROUTED] = BODIES as [Extract<RunEventBody, { type: 'run.start' }>, Extract<RunEventBody, { type: 'route' }>];

/** A call from its start to its end; `prompt` null: the conversation as it is. */
function whole(record: CallRecord, prompt: string | null = null): RunEventBody[] {
  const { id, kind, model, provider, family, role, layer } = record;
  const messages = prompt === null ? null : [{ role: 'user' as const, content: prompt }];
  return [
    { type: 'call.start', call: { id, kind, model, provider, family, role, layer }, messages },
    { type: 'call.end', call: record },
  ];
}

/** A run through every stage there is: similar questions, classifier, layers, a judge, a check. */
export const LAYERED_BODIES: RunEventBody[] = [
  START,
  ...whole(callRecord({ id: 'e1', kind: 'embedding', layer: 0, text: null, finish_reason: null, cost_source: 'computed' }), 'What is it?'),
  ...whole(callRecord({ id: 'r1', kind: 'router', layer: 0, text: 'ROUTE: complex other' }), 'sort this'),
  { ...ROUTED, strategy: 'deep', route_reason: 'the classifier says: complex' },
  ...whole(callRecord({ confidence: 0.9345 })),
  ...whole(callRecord({ id: 'p2', model: 'other/two', family: 'other', cost_source: 'estimated' })),
  { type: 'proposals', answered: 2, failed: 0, cut: 0 },
  ...whole(callRecord({ id: 'p1.2', layer: 2, text: 'Both agree.' }), 'what is missing?'),
  ...whole(callRecord({ id: 'c1', kind: 'judge', layer: 0, text: 'Both are right.\nVERDICT: B1' }), 'choose'),
  ...whole(callRecord({ id: 'v1', kind: 'verifier', model: 'other/two', layer: 0, cost_usd: null, cost_source: 'unknown' }), 'is it 42?'),
  { type: 'answer.start', source: 'proposal:p2', model: 'other/two' },
  { type: 'answer.delta', text: 'It is 42.' },
  {
    type: 'outcome',
    status: 'complete',
    answer: 'It is 42.',
    tool_calls: [],
    answer_source: 'proposal:p2',
    finish_reason: 'stop',
    error: null,
  },
];

/** A run that asks nobody. */
export const CACHED_BODIES: RunEventBody[] = [
  START,
  { type: 'answer.start', source: 'cache', model: null },
  { type: 'answer.delta', text: 'It is 42.' },
  { type: 'outcome', status: 'complete', answer: 'It is 42.', tool_calls: [], answer_source: 'cache', finish_reason: 'stop', error: null },
];

/** Gives bodies a run and a time, and appends `run.end` with the result of the fold. */
export function events(bodies: readonly RunEventBody[] = BODIES): RunEvent[] {
  const list = bodies.map((body, i): RunEvent => ({ ...body, run_id: RUN_ID, t_ms: i * 10 }));
  return [...list, { type: 'run.end', result: resultOf(list), run_id: RUN_ID, t_ms: bodies.length * 10 }];
}

export function resultOf(list: readonly RunEvent[]): RunResult {
  const fold = new ResultFold();
  for (const event of list) fold.apply(event);
  return fold.result();
}

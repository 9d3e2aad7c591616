import type { StoredRun } from '../../core/history.js';
import { isRecord } from '../../core/record.js';
import { isAmount } from '../../core/usage.js';

/**
 * True when a run from a journal has the shape of one all the way down. Whoever can write into the folder of journals can write
 * anything there; what is in the store is believed by everybody who reads it.
 */
export function isStoredRun(run: StoredRun, id: string): boolean {
  return RUN_ID.test(id) && run.result.id === id && RUN(run);
}

type Check = (value: unknown) => boolean;

const RUN_ID = /^[\w.:-]{1,200}$/;
/** Times (milliseconds) of which the store can tell the day. */
const TIMES = { from: 0, to: Date.UTC(2248, 0) } as const;

const text: Check = (value) => typeof value === 'string';
const flag: Check = (value) => typeof value === 'boolean';
const finite: Check = Number.isFinite;
const time: Check = (value) => typeof value === 'string' && Date.parse(value) >= TIMES.from && Date.parse(value) < TIMES.to;
const none: Check = (value) => value === undefined;

const oneOf =
  (...words: readonly string[]): Check =>
  (value) =>
    words.includes(value as string);
const either =
  (...checks: readonly Check[]): Check =>
  (value) =>
    checks.some((check) => check(value));
const orNull = (check: Check): Check => either(check, (value) => value === null);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const recordOf =
  (check: Check): Check =>
  (value) =>
    isRecord(value) && Object.values(value).every(check);
const fields =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isRecord(value) && Object.entries(checks).every(([name, check]) => check(value[name]));

const WIRE_CALL = fields({ id: text, function: fields({ name: text, arguments: text }) });
const PART = either(
  fields({ type: oneOf('text'), text }),
  fields({ type: oneOf('image_url'), image_url: fields({ url: text }) }),
  fields({ type: oneOf('file'), file: isRecord }),
  fields({ type: oneOf('input_audio'), input_audio: isRecord }),
);
const MESSAGE = fields({
  role: oneOf('system', 'developer', 'user', 'assistant', 'tool'),
  content: orNull(either(text, listOf(PART))),
  tool_calls: either(none, listOf(WIRE_CALL)),
});

const ORIGIN = fields({
  door: oneOf('ask', 'serve', 'doctor', 'eval'),
  client: orNull(text),
  sandbox: flag,
  parent: orNull(text),
  link: orNull(oneOf('continued', 'resumed')),
  conversation: text,
  choice: isRecord,
  format: orNull(isRecord),
  tools: flag,
});

const USAGE = fields({ input_tokens: isAmount, output_tokens: isAmount, reasoning_tokens: isAmount, cached_input_tokens: isAmount });
const TROUBLE = { code: text, message: text };
const ERROR = orNull(fields({ ...TROUBLE, hint: orNull(text) }));
const TOOL_CALLS = listOf(fields({ id: text, name: text, arguments: text }));
const COST = { cost_usd: orNull(isAmount), cost_source: oneOf('reported', 'computed', 'estimated', 'partial', 'unknown') };

const CALL = fields({
  ...COST,
  id: text,
  kind: oneOf('proposer', 'critic', 'judge', 'verifier', 'router', 'embedding'),
  model: text,
  resolved_model: orNull(text),
  provider: text,
  family: text,
  role: orNull(text),
  layer: finite,
  status: oneOf('answered', 'failed', 'cancelled', 'skipped'),
  text: orNull(text),
  tool_calls: TOOL_CALLS,
  finish_reason: orNull(text),
  error: ERROR,
  usage: orNull(USAGE),
  first_token_ms: orNull(finite),
  duration_ms: orNull(finite),
  attempts: isAmount,
});

const RESULT = fields({
  ...COST,
  status: oneOf('complete', 'degraded', 'failed', 'cancelled'),
  answer: orNull(text),
  tool_calls: TOOL_CALLS,
  answer_source: orNull(text),
  finish_reason: orNull(text),
  mixture: text,
  strategy: text,
  route_reason: text,
  seed: finite,
  proposals: listOf(CALL),
  critic: orNull(CALL),
  calls: listOf(CALL),
  usage: USAGE,
  duration_ms: finite,
  warnings: listOf(fields(TROUBLE)),
  error: ERROR,
});

const RUN = fields({
  summary: fields({ started_at: time }),
  origin: ORIGIN,
  content: flag,
  messages: listOf(MESSAGE),
  result: RESULT,
  started: recordOf(finite),
  prompts: recordOf(listOf(MESSAGE)),
});

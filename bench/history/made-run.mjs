import { RARE, RARELY, textOf } from './words.mjs';

/** What is asked for in the list: one of many models, one of some mixtures. */
export const MODEL = 'vendor3/model-3';
export const MIXTURE = 'review';

const MODELS = Array.from({ length: 12 }, (_, i) => [`vendor${(i % 5) + 1}/model-${i + 1}`, 1 / (i + 1)]);
const MIXTURES = [
  ['default', 60],
  ['fast', 25],
  [MIXTURE, 10],
  ['local', 4],
  ['best', 1],
];
const STATUSES = [
  ['complete', 88],
  ['degraded', 4],
  ['failed', 5],
  ['cancelled', 3],
];
const DOORS = [
  [{ door: 'ask', client: null }, 65],
  [{ door: 'serve', client: 'aider' }, 25],
  [{ door: 'serve', client: null }, 10],
];
const TROUBLE = {
  failed: { code: 'no_answer', message: 'no model answered', hint: 'mom doctor looks for the cause' },
  cancelled: { code: 'cancelled', message: 'the run was cancelled', hint: null },
};

const NO_TOKENS = { input_tokens: 0, output_tokens: 0, reasoning_tokens: 0, cached_input_tokens: 0 };

/**
 * The lines of a journal for one run that is over, as mom writes them, but for the parts of texts as they came.
 * @param options.startedAt a Date; `sizes` words of question and answer, each [least, most]; `mixed` share of runs with several models
 */
export function madeRun(chance, { n, startedAt, sizes, mixed }) {
  const id = idOf(startedAt, n);
  const status = chance.among(STATUSES);
  const hasAnswer = status === 'complete' || status === 'degraded';
  const rare = n % RARELY === RARELY / 2 ? `${RARE} ` : '';
  const messages = [{ role: 'user', content: `${rare}${textOf(chance, chance.between(...sizes.question))}?` }];
  const isMixed = chance.draw() < mixed;
  const answerOf = () => textOf(chance, chance.between(...sizes.answer));
  const proposals = isMixed ? [0, 1, 2].map((i) => call(chance, `p${i + 1}`, 'proposer', status === 'failed' ? null : answerOf())) : [];
  const answer = hasAnswer ? answerOf() : null;
  const critic = call(chance, 'c1', 'critic', answer);
  const calls = [...proposals, critic];
  const result = {
    schema_version: 1,
    id,
    status,
    answer,
    tool_calls: [],
    answer_source: hasAnswer ? 'critic' : null,
    finish_reason: hasAnswer ? 'stop' : null,
    mixture: chance.among(MIXTURES),
    strategy: isMixed ? 'fuse' : 'single',
    route_reason: 'configured',
    seed: n,
    proposals,
    critic,
    calls,
    usage: calls.reduce((sum, { usage }) => addTokens(sum, usage ?? NO_TOKENS), NO_TOKENS),
    cost_usd: calls.reduce((sum, { cost_usd: cost }) => sum + (cost ?? 0), 0),
    cost_source: 'reported',
    duration_ms: chance.between(900, 30_000),
    warnings: [],
    error: TROUBLE[status] ?? null,
  };
  const origin = {
    ...chance.among(DOORS),
    sandbox: chance.draw() < 0.03,
    parent: null,
    link: null,
    conversation: id,
    choice: {},
    format: null,
    tools: false,
  };
  return linesOf({ id, origin, startedAt, messages, result });
}

function linesOf({ id, origin, startedAt, messages, result }) {
  const { calls, proposals, critic, mixture, strategy, route_reason, seed } = result;
  const member = ({ id: own, model, provider, family, role }) => ({ id: own, model, provider, family, role, required: false });
  const candidates = proposals.map(({ text }) => text ?? '').join('\n\n');
  const prompt = [{ role: 'user', content: `${messages[0].content}\n\n${candidates}` }];
  const at = (t_ms, event) => JSON.stringify({ ...event, run_id: id, t_ms });
  return [
    JSON.stringify({ type: 'run.origin', run_id: id, origin, content: true }),
    at(0, {
      type: 'run.start',
      started_at: startedAt.toISOString(),
      mixture,
      strategy,
      route_reason,
      seed,
      quorum: Math.max(1, proposals.length - 1),
      min_answers: 1,
      proposers: proposals.map(member),
      critics: [member(critic)],
      messages,
    }),
    ...calls.map(({ id: own, kind, layer, model, provider, family, role }) =>
      at(kind === 'critic' ? 800 : 1, {
        type: 'call.start',
        call: { id: own, kind, layer, model, provider, family, role },
        messages: kind === 'critic' && proposals.length > 0 ? prompt : null,
      }),
    ),
    at(result.duration_ms, { type: 'run.end', result }),
  ];
}

function call(chance, id, kind, text) {
  const model = chance.among(MODELS);
  const family = model.slice(0, model.indexOf('/'));
  const usage = text === null ? null : { ...NO_TOKENS, input_tokens: chance.between(40, 4_000), output_tokens: text.length >> 2 };
  return {
    id,
    kind,
    model,
    resolved_model: text === null ? null : `${model}-2026-01`,
    provider: 'openrouter',
    family,
    role: null,
    layer: 0,
    status: text === null ? 'failed' : 'answered',
    text,
    tool_calls: [],
    finish_reason: text === null ? null : 'stop',
    error: text === null ? { code: 'provider_down', message: `${model}: 503 overloaded`, hint: null, status: 503 } : null,
    usage,
    cost_usd: text === null ? null : chance.between(10, 50_000) / 1e6,
    cost_source: text === null ? 'unknown' : 'reported',
    confidence: null,
    first_token_ms: text === null ? null : chance.between(200, 2_000),
    duration_ms: chance.between(500, 9_000),
    attempts: 1,
  };
}

function addTokens(a, b) {
  return Object.fromEntries(Object.keys(a).map((key) => [key, a[key] + b[key]]));
}

/** As mom names runs: their second, in UTC, and something of their own. */
function idOf(startedAt, n) {
  const [day, time] = startedAt.toISOString().slice(0, 19).split('T');
  return `${day.replaceAll('-', '')}-${time.replaceAll(':', '')}-${(n & 0xffffff).toString(16).padStart(6, '0')}`;
}

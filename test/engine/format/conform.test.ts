import { describe, expect, it } from 'vitest';
import type { AnswerFormat } from '../../../src/core/answer-format.js';
import type { RunEvent } from '../../../src/core/event.js';
import type { Message } from '../../../src/core/message.js';
import { DEFAULT_RULES, type Mixture, type RunStrategy } from '../../../src/core/mixture.js';
import type { CallEvent } from '../../../src/core/model-client.js';
import type { ToolOffer } from '../../../src/core/tool.js';
import { createEngine } from '../../../src/engine/index.js';
import { FakeClock } from '../../support/fake-clock.js';
import { inTurn } from '../../support/in-turn.js';
import { mixture } from '../../support/mixture.js';
import { priced } from '../../support/priced.js';
import { between, promptOf } from '../../support/prompts.js';
import { play, shown } from '../../support/run-engine.js';
import { answers, refuses, ScriptedClient } from '../../support/scripted-client.js';

const OBJECT: AnswerFormat = { type: 'json_object' };
const SUM: AnswerFormat = {
  type: 'json_schema',
  name: 'sum',
  schema: { type: 'object', properties: { sum: { type: 'integer' } }, required: ['sum'], additionalProperties: false },
};
const GOOD = '{"sum": 42}';
const BAD = '{"sum": "42"}';
const IS_STRING = 'at /sum: must be integer, is string';
const RETRY = 'ask again, name a critic that is good at JSON, or make what is asked for simpler';

const one = (more: Partial<Mixture> = {}) => mixture([], ['critic'], { strategy: 'single', ...more });
const types = (events: readonly RunEvent[], upTo: RunEvent['type']) =>
  events
    .slice(
      0,
      events.findIndex(({ type }) => type === upTo),
    )
    .map(({ type }) => type);

describe('an answer in the form that was asked for', () => {
  it('goes out as it is, and is asked of the provider', async () => {
    const { result, client } = await play(one(), { critic: answers(GOOD) }, { format: SUM });
    expect(result).toMatchObject({ status: 'complete', answer: GOOD, answer_source: 'critic', warnings: [], error: null });
    expect(client.requests.map(({ format }) => format)).toEqual([SUM]);
  });

  it('is repaired for free where only a fence or white space stands around it', async () => {
    const { result, client } = await play(one(), { critic: answers(`\n\`\`\`json\n${GOOD}\n\`\`\`\n`) }, { format: SUM });
    expect(result).toMatchObject({ status: 'complete', answer: GOOD, warnings: [] });
    expect(client.requests).toHaveLength(1);
  });

  it('is shown only when it is known to be one', async () => {
    const text = `\`\`\`json\n${GOOD}\n\`\`\``;
    const critic: CallEvent[] = [...text].map((char) => ({ type: 'text', text: char }));
    const { events } = await play(one(), { critic: [...critic, { type: 'finish', reason: 'stop' }] }, { format: SUM, stream: true });
    expect(types(events, 'answer.start')).toContain('call.end');
    expect(events.filter(({ type }) => type === 'answer.delta')).toHaveLength(1);
    expect(shown(events)).toBe(GOOD);
  });

  it('may be cut off at its length and is checked all the same', async () => {
    const whole = await play(one(), { critic: answers(GOOD, 0, 0.01, 'length') }, { format: SUM });
    expect(whole.result).toMatchObject({ status: 'degraded', answer: GOOD });
    const cut = await play(one(), { critic: answers('{"sum": 4', 0, 0.01, 'length') }, { format: SUM });
    expect(cut.result).toMatchObject({ status: 'failed', error: { code: 'schema_mismatch' } });
    expect(cut.result.error?.hint).toBe('the answer was cut off at its length limit: raise max_tokens, or ask for less at once');
  });

  it('is not needed where a tool is called', async () => {
    const call = { id: 'x1', name: 'add', arguments: '{}' };
    const tools: ToolOffer = { tools: [{ type: 'function', function: { name: 'add' } }], choice: undefined, parallel: undefined };
    const critic: CallEvent[] = [
      { type: 'text', text: 'I add them.' },
      { type: 'tool_call', call },
      { type: 'finish', reason: 'tool_calls' },
    ];
    for (const stream of [false, true]) {
      const { result, client, events } = await play(one({ refine: 1 }), { critic }, { format: SUM, tools, stream });
      expect(result).toMatchObject({ status: 'complete', tool_calls: [call], finish_reason: 'tool_calls', warnings: [] });
      expect(client.requests).toHaveLength(1);
      expect(events.filter(({ type }) => type === 'answer.tool_call')).toHaveLength(1);
    }
  });
});

describe('the repair', () => {
  const FIRST_BAD = inTurn({ critic: [answers(BAD), answers(GOOD)] });

  it('is one call with the conversation, the text, what is wrong and the schema', async () => {
    const messages: Message[] = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'What is 6 x 7?' },
    ];
    const { result, client } = await play(one(), FIRST_BAD, { format: SUM, messages });
    expect(result).toMatchObject({ status: 'complete', answer: GOOD, answer_source: 'critic', finish_reason: 'stop', cost_usd: 0.02 });
    expect(result.calls.map(({ id, kind }) => [id, kind])).toEqual([
      ['c1', 'critic'],
      ['c1.f', 'critic'],
    ]);
    expect(result.warnings).toEqual([
      { code: 'format_repaired', message: "the answer of critic was not JSON that fits the schema 'sum'; critic has repaired it" },
    ]);
    expect(client.requests[1]?.format).toEqual(SUM);
    const { system, last, roles } = promptOf(client, 'critic', 2);
    expect(roles).toEqual(['system', 'user']);
    expect(system).toContain("the form that it must have: JSON that fits the schema 'sum'.");
    expect(system).toContain('The answer, what a checker found wrong with it, and the JSON schema are at the end of the last user turn.');
    expect(system).toContain('Be brief.');
    expect(last.startsWith('What is 6 x 7?\n\n')).toBe(true);
    expect(between(last, 'answer')).toEqual([BAD]);
    expect(between(last, 'complaints')).toEqual([IS_STRING]);
    expect(between(last, 'schema')).toEqual([JSON.stringify(SUM.type === 'json_schema' && SUM.schema)]);
  });

  it('of a JSON object names no schema', async () => {
    const { client, result } = await play(one(), inTurn({ critic: [answers('Sure!'), answers('{}')] }), { format: OBJECT });
    const { system, last } = promptOf(client, 'critic', 2);
    expect(system).toContain('The answer and what a checker found wrong with it are at the end');
    expect(between(last, 'schema')).toEqual([]);
    expect(result).toMatchObject({ status: 'complete', answer: '{}' });
  });

  it('shows nothing of what it replaces', async () => {
    const { events } = await play(one(), inTurn({ critic: [answers(BAD), answers(GOOD)] }), { format: SUM, stream: true });
    expect(shown(events)).toBe(GOOD);
    expect(types(events, 'answer.start').filter((type) => type === 'call.end')).toHaveLength(2);
  });

  it('is done by another critic where the writer is dead, which is degraded', async () => {
    const scripts = inTurn({
      alpha: [answers('One.')],
      beta: [answers('Two.')],
      critic: [answers(BAD), refuses('provider_error', 500)],
      second: [answers(GOOD)],
    });
    const { result } = await play(mixture(['alpha', 'beta'], ['critic', 'second']), scripts, { format: SUM });
    expect(result).toMatchObject({ status: 'degraded', answer: GOOD });
    expect(result.critic).toMatchObject({ id: 'c2.f', model: 'second' });
    expect(result.warnings.map(({ code }) => code)).toEqual(['writer_failed', 'format_repaired']);
  });

  it.each([false, true])('that brings nothing right ends in an error, and nothing is shown (stream: %s)', async (stream) => {
    const worse = '{"sum": "42", "more": 1}';
    const { result, events, client } = await play(one(), inTurn({ critic: [answers(BAD), answers(worse)] }), { format: SUM, stream });
    expect(result).toMatchObject({ status: 'failed', answer: worse, answer_source: 'critic', cost_usd: 0.02 });
    expect(result.error).toEqual({
      code: 'schema_mismatch',
      message: `the answer is not JSON that fits the schema 'sum', not even after a repair: ${IS_STRING}; at /more: must not be there`,
      hint: RETRY,
    });
    expect(client.requests).toHaveLength(2);
    expect(shown(events)).toBe('');
    expect(events.some(({ type }) => type === 'answer.start')).toBe(false);
  });

  it('that nobody can make ends in the same error', async () => {
    const { result } = await play(one(), inTurn({ critic: [answers(BAD), refuses('rate_limited', 429)] }), { format: SUM });
    expect(result).toMatchObject({ status: 'failed', answer: BAD });
    expect(result.error).toEqual({
      code: 'schema_mismatch',
      message: `the answer is not JSON that fits the schema 'sum': ${IS_STRING}; it could not be repaired: the provider said 429`,
      hint: RETRY,
    });
  });

  it('that the cap does not allow is told as such', async () => {
    const catalog = priced({ critic: { output: 0.001 } });
    const made = one({ expectedOutput: 10, maxCost: { usd: 0.015, setByUser: true } });
    const { result, client } = await play(made, { critic: answers(BAD) }, { format: SUM }, undefined, { catalog });
    expect(client.requests).toHaveLength(1);
    expect(result).toMatchObject({ status: 'failed', answer: BAD });
    expect(result.error).toEqual({
      code: 'schema_mismatch',
      message: `the answer is not JSON that fits the schema 'sum': ${IS_STRING}; it could not be repaired: the cap of $0.015 is reached: $0.01 spent, and critic may cost $0.01 more`,
      hint: RETRY,
    });
  });

  it('ends with the run', async () => {
    const scripts = inTurn({ critic: [answers(BAD), [{ hang: true }]] });
    const { result } = await play(one({ runTimeout: 10_000 }), scripts, { format: SUM });
    expect(result).toMatchObject({ status: 'failed', answer: BAD, error: { code: 'schema_mismatch' } });
    expect(result.error?.message).toBe(
      `the answer is not JSON that fits the schema 'sum': ${IS_STRING}; it could not be repaired: the run was not finished after 10 s`,
    );
  });

  it('is cut when the user goes', async () => {
    const controller = new AbortController();
    const onEvent = (event: RunEvent) => {
      if (event.type === 'call.start' && event.call.id === 'c1.f') controller.abort();
    };
    const scripts = inTurn({ critic: [answers(BAD), [{ hang: true }]] });
    const { result } = await play(one(), scripts, { format: SUM, signal: controller.signal }, onEvent);
    expect(result).toMatchObject({ status: 'cancelled', answer: null, error: { code: 'cancelled' } });
  });

  it('is not tried where the check itself takes too long', async () => {
    const format: AnswerFormat = { type: 'json_schema', name: 'slow', schema: { pattern: '^(a+)+$' } };
    const { result, client } = await play(one(), { critic: answers(`"${'a'.repeat(80)}!"`) }, { format });
    expect(client.requests).toHaveLength(1);
    expect(result.error).toEqual({
      code: 'schema_mismatch',
      message: "the answer is not JSON that fits the schema 'slow': checking it against the schema takes longer than 250 ms",
      hint: 'make the schema simpler: a pattern with repetitions inside repetitions takes very long',
    });
  });
});

describe('every strategy', () => {
  const PEOPLE = ['alpha', 'beta', 'gamma'];
  const made = (strategy: RunStrategy): Mixture => {
    const base = mixture(PEOPLE, ['critic'], { strategy });
    if (strategy === 'self') return mixture(['alpha', 'alpha', 'alpha'], ['alpha'], { strategy });
    return strategy === 'deep' ? { ...base, rules: { ...DEFAULT_RULES, layers: { count: 3, carry: 'full', aggregators: [] } } } : base;
  };
  const texts = Object.fromEntries(PEOPLE.map((model, i) => [model, answers(`{"sum": ${40 + i}}`)]));

  it.each<[RunStrategy, string[]]>([
    ['single', ['c1']],
    ['fuse', ['c1']],
    ['self', ['c1']],
    ['deep', ['c1']],
    ['vote', ['p1', 'p2', 'p3', 'c1']],
    ['select', ['p1', 'p2', 'p3']],
    ['cascade', ['p1', 'p2', 'p3', 'c1']],
  ])('%s asks those whose text may go out for the form', async (strategy, bound) => {
    const bySelf = strategy === 'self' ? answers(GOOD) : texts.alpha;
    const { client, result } = await play(
      made(strategy),
      { ...texts, ...(bySelf && { alpha: bySelf }), critic: answers(GOOD) },
      { format: SUM },
    );
    const started = result.calls.map(({ id }) => id);
    const asked = client.requests.flatMap(({ format }, i) => (format ? [started[i] as string] : []));
    expect(asked.filter((id) => !bound.includes(id))).toEqual([]);
    if (strategy !== 'self') expect(asked.length).toBeGreaterThan(0);
    expect(result.error).toBeNull();
    expect(JSON.parse(result.answer ?? '')).toHaveProperty('sum');
  });

  it.each<RunStrategy>(['single', 'fuse', 'self', 'deep', 'vote', 'select', 'cascade'])(
    '%s ends in an error where nobody gives the form',
    async (strategy) => {
      const prose = Object.fromEntries(PEOPLE.map((model, i) => [model, answers(`It is ${40 + i}, I think.`)]));
      for (const stream of [false, true]) {
        const { result, events } = await play(made(strategy), { ...prose, critic: answers('It is 42.') }, { format: SUM, stream });
        expect(result).toMatchObject({ status: 'failed', error: { code: 'schema_mismatch' } });
        expect(shown(events)).toBe('');
      }
    },
  );

  const JUDGE = answers('VERDICT: A1');
  const WARNED = { code: 'format_mismatch', message: "the answer of beta is not JSON that fits the schema 'sum': it is left out" };

  it('select gives a judge only those that fit', async () => {
    const scripts = {
      alpha: answers('{"sum": 40}'),
      beta: answers('It is 41.'),
      gamma: answers('```json\n{"sum": 42}\n```'),
      critic: JUDGE,
    };
    const { result, client } = await play(made('select'), scripts, { format: SUM });
    expect(promptOf(client, 'critic').last).not.toContain('It is 41.');
    expect(result.status).toBe('complete');
    expect(['{"sum": 40}', '{"sum": 42}']).toContain(result.answer);
    expect(result.warnings).toEqual([WARNED]);
  });

  it('select sends out the only one that fits, without a judge', async () => {
    const scripts = { alpha: answers('Forty.'), beta: answers('It is 41.'), gamma: answers(GOOD), critic: JUDGE };
    const { result, client } = await play(made('select'), scripts, { format: SUM });
    expect(result).toMatchObject({ status: 'degraded', answer: GOOD, answer_source: 'proposal:p3' });
    expect(client.requests.some(({ model }) => model === 'critic')).toBe(false);
  });

  it('a proposal without the form does not start the grace', async () => {
    const scripts = { alpha: answers('{"sum": 40}'), beta: answers('It is 41.'), gamma: answers('{"sum": 42}', 60_000), critic: JUDGE };
    const { result, events } = await play(made('select'), scripts, { format: SUM });
    expect(events.some(({ type }) => type === 'quorum')).toBe(false);
    expect(result.proposals.map(({ status }) => status)).toEqual(['answered', 'answered', 'answered']);
  });

  it('vote counts only those that fit', async () => {
    const question: Message[] = [{ role: 'user', content: 'What is 6 x 7? Answer with JSON only.' }];
    const four = mixture([...PEOPLE, 'delta'], ['critic'], { strategy: 'vote' });
    const scripts = { alpha: answers(BAD), beta: answers(BAD), gamma: answers(GOOD), delta: answers(GOOD), critic: answers('{"sum": 1}') };
    const { result, client } = await play(four, scripts, { format: SUM, messages: question });
    expect(result).toMatchObject({ status: 'complete', answer: GOOD, answer_source: 'proposal:p3' });
    expect(client.requests.some(({ model }) => model === 'critic')).toBe(false);
  });

  it('cascade does not believe two families that agree on what does not fit', async () => {
    const question: Message[] = [{ role: 'user', content: 'What is 6 x 7? Answer with JSON only.' }];
    const scripts = { alpha: answers(BAD), beta: answers(BAD), gamma: answers(GOOD), critic: answers('{"sum": 1}') };
    const { result } = await play(made('cascade'), scripts, { format: SUM, messages: question });
    expect(result).toMatchObject({ answer: GOOD, error: null });
  });

  it('fuse with dead critics sends out a proposal that fits before one that most gave', async () => {
    const scripts = {
      alpha: answers('It is 42.'),
      beta: answers('It is 42!'),
      gamma: answers(GOOD),
      critic: refuses('provider_error', 500),
    };
    const { result, client } = await play(made('fuse'), scripts, { format: SUM });
    expect(result).toMatchObject({ status: 'degraded', answer: GOOD, answer_source: 'proposal:p3' });
    expect(client.requests).toHaveLength(4);
  });

  it('without a critic all proposals go out unchecked, and that is said', async () => {
    const { result } = await play(mixture(['alpha', 'beta'], []), texts, { format: SUM });
    expect(result).toMatchObject({ status: 'complete', answer: null });
    expect(result.warnings).toEqual([
      { code: 'nothing_to_check', message: 'there is no single answer to check: the proposals go out as they are' },
    ]);
  });
});

describe('after refine and verify', () => {
  it('refine writes in the form, its reviewers do not', async () => {
    const scripts = inTurn({
      alpha: [answers('One.'), answers('Add one.')],
      beta: [answers('Two.'), answers('NOTHING TO ADD')],
      critic: [answers('{"sum": 41}'), answers(GOOD)],
    });
    const { result, client } = await play(mixture(['alpha', 'beta'], ['critic'], { refine: 1 }), scripts, { format: SUM, stream: true });
    expect(result).toMatchObject({ status: 'complete', answer: GOOD });
    expect(client.requests.filter(({ format }) => format).map(({ model }) => model)).toEqual(['critic', 'critic']);
  });

  it('verify may say that nothing is to be changed', async () => {
    const scripts = inTurn({
      alpha: [answers('One.'), answers('Yes.')],
      beta: [answers('Two.'), answers('Yes.')],
      critic: [answers(GOOD), answers('QUESTION: Is it 42?'), answers('UNCHANGED')],
    });
    const rule = { questions: 1, verifier: null, show: 'draft' } as const;
    const { result, client, events } = await play(mixture(['alpha', 'beta'], ['critic'], { verify: rule }), scripts, {
      format: SUM,
      stream: true,
    });
    expect(result).toMatchObject({ status: 'complete', answer: GOOD, warnings: [] });
    expect(client.requests.map(({ model, format }) => [model, format !== null])).toEqual([
      ['alpha', false],
      ['beta', false],
      ['critic', true],
      ['critic', false],
      [client.requests[4]?.model, false],
      ['critic', false],
    ]);
    expect(shown(events)).toBe(GOOD);
  });

  it('what verify made of an answer is checked too', async () => {
    const scripts = inTurn({
      alpha: [answers('One.'), answers('No.')],
      beta: [answers('Two.'), answers('No.')],
      critic: [answers(GOOD), answers('QUESTION: Is it 42?'), answers('It is 43.'), answers('{"sum": 43}')],
    });
    const rule = { questions: 1, verifier: null, show: 'draft' } as const;
    const { result, events } = await play(mixture(['alpha', 'beta'], ['critic'], { verify: rule }), scripts, { format: SUM, stream: true });
    expect(result).toMatchObject({ status: 'complete', answer: '{"sum": 43}' });
    expect(shown(events)).toBe('{"sum": 43}');
    expect(result.critic?.id).toBe('c1.f');
  });
});

describe('before the first call', () => {
  const format: AnswerFormat = { type: 'json_schema', name: 'broken', schema: { type: 'nothing' } };

  it('a schema that cannot be used is refused, by the plan and by the run', async () => {
    const client = new ScriptedClient(new FakeClock(), {});
    const engine = createEngine({ client });
    const request = { messages: [{ role: 'user' as const, content: 'x' }], mixture: one(), stream: false, format };
    const error = {
      code: 'input_invalid',
      message: `the JSON schema 'broken' can't be used: at #/type: "nothing" is no type; there are string, number, integer, boolean, object, array, null`,
    };
    await expect(engine.plan(request)).rejects.toMatchObject(error);
    await expect(engine.run(request)).rejects.toMatchObject(error);
    expect(client.requests).toEqual([]);
  });

  it('auto takes a form for a reason to select', async () => {
    const auto = mixture(['alpha', 'beta'], ['critic'], { strategy: 'auto' });
    const engine = createEngine({ client: new ScriptedClient(new FakeClock(), {}) });
    const plan = await engine.plan({
      messages: [{ role: 'user', content: 'Tell me about cats.' }],
      mixture: auto,
      stream: false,
      format: OBJECT,
    });
    expect(plan).toMatchObject({
      strategy: 'select',
      reason: 'auto: the answer must be JSON, so one answer is chosen and goes out unchanged',
    });
  });

  it('the price has room for the repair', async () => {
    const catalog = priced({ critic: { input: 1e-6, output: 1e-5 } });
    const engine = createEngine({ client: new ScriptedClient(new FakeClock(), {}), catalog });
    const request = { messages: [{ role: 'user' as const, content: 'What is 6 x 7?' }], mixture: one(), stream: false };
    const bare = await engine.quote(await engine.plan(request), request);
    const bound = await engine.quote(await engine.plan({ ...request, format: SUM }), { ...request, format: SUM });
    expect(bare.calls.map(({ id }) => id)).toEqual(['c1']);
    expect(bound.calls.map(({ id, kind, certain }) => [id, kind, certain])).toEqual([
      ['c1', 'critic', true],
      ['c1.f', 'critic', false],
    ]);
    expect(bound.usd?.low).toBe(bare.usd?.low);
    expect(bound.usd?.high).toBeGreaterThan((bare.usd?.high ?? 0) * 2);
  });
});

import { beforeEach, describe, expect, it } from 'vitest';
import type { AnswerCache, CachedAnswer, Place, SemanticRule } from '../../../src/core/answer-cache.js';
import { memoryBudget } from '../../../src/core/budget.js';
import { type ModelFacts, NO_CATALOG } from '../../../src/core/catalog.js';
import { MomError } from '../../../src/core/error.js';
import type { RunEvent } from '../../../src/core/event.js';
import type { Message } from '../../../src/core/message.js';
import type { Embedding } from '../../../src/core/model-client.js';
import type { RunRequest, RunResult } from '../../../src/core/run.js';
import type { Cost } from '../../../src/core/usage.js';
import { cacheKeys } from '../../../src/engine/cache/cache-key.js';
import { createEngine, type EngineDeps } from '../../../src/engine/index.js';
import { FakeClock } from '../../support/fake-clock.js';
import { member, mixture } from '../../support/mixture.js';
import { outline, shown } from '../../support/run-engine.js';
import { answers, refuses, ScriptedClient, type Step, USAGE } from '../../support/scripted-client.js';

/** What is in it, and what was asked of it. */
class MemoryCache implements AnswerCache {
  readonly entries = new Map<string, { answer: CachedAnswer; place: Place | null }>();
  gets = 0;
  near: { answer: CachedAnswer; similarity: number } | null = null;
  readonly searched: { place: Place; threshold: number }[] = [];

  async get(key: string) {
    this.gets += 1;
    return this.entries.get(key)?.answer ?? null;
  }

  async nearest(place: Place, threshold: number) {
    this.searched.push({ place, threshold });
    return this.near;
  }

  async put(key: string, answer: CachedAnswer, place: Place | null) {
    this.entries.set(key, { answer, place });
  }
}

const MIXTURE = mixture(['one', 'two'], ['critic']);
const GOOD = { one: answers('fish'), two: answers('flesh', 10), critic: answers('fowl', 20) };
const SEMANTIC: SemanticRule = { provider: 'test', model: 'openai/embedder', threshold: 0.92 };
const user = (content: Message['content']): Message => ({ role: 'user', content });
const MESSAGES = [user('What is for dinner?')];
const IMAGE = { type: 'image_url' as const, image_url: { url: 'data:image/png;base64,AA==' } };
const STORED: CachedAnswer = {
  answer: 'soup',
  finish_reason: 'stop',
  question: 'What is there\n  for supper?',
  run_id: 'run-0',
  stored_at: '2026-01-01T10:00:00.000Z',
};

let cache: MemoryCache;
let clock: FakeClock;
let client: ScriptedClient;
beforeEach(() => {
  cache = new MemoryCache();
  setUp(GOOD);
});

function setUp(scripts: Record<string, readonly Step[]>) {
  clock = new FakeClock();
  client = new ScriptedClient(clock, scripts);
}

const embeds = (cost: Cost = { usd: 0.002, source: 'reported' }) => {
  const texts: string[] = [];
  client.embeddings['openai/embedder'] = (text): Embedding => {
    texts.push(text);
    return { vector: [0.5, 0.25], usage: { ...USAGE, output_tokens: 0 }, cost };
  };
  return texts;
};

/** An engine on the cache, whose runs are named by their turn. */
function engine(deps: Partial<EngineDeps> = {}) {
  let runs = 0;
  const made = createEngine({ client, clock, newId: () => `run-${++runs}`, drawNonce: () => 'n0nce', ...deps });
  return (request: Partial<RunRequest> = {}) => {
    const events: RunEvent[] = [];
    const done = made.run({ messages: MESSAGES, mixture: MIXTURE, stream: false, ...request }, [{ handle: (event) => events.push(event) }]);
    return { events, done };
  };
}

async function ask(request: Partial<RunRequest> = {}, deps: Partial<EngineDeps> = {}) {
  const { events, done } = engine({ cache: { answers: cache, semantic: null }, ...deps })(request);
  return { events, result: await clock.play(done) };
}

const semantic = {
  cache: {
    get answers() {
      return cache;
    },
    semantic: SEMANTIC,
  },
};
const calls = ({ calls }: RunResult) => calls.map(({ id }) => id);

describe('a run with a cache', () => {
  it('asks when there is nothing, and keeps the answer', async () => {
    const { result } = await ask();
    expect(result).toMatchObject({ status: 'complete', answer: 'fowl', answer_source: 'critic' });
    expect([...cache.entries.values()]).toEqual([
      {
        answer: {
          answer: 'fowl',
          finish_reason: 'stop',
          question: 'What is for dinner?',
          run_id: 'run-1',
          stored_at: '2026-01-02T03:04:05.030Z',
        },
        place: null,
      },
    ]);
  });

  it('answers the same question again without asking anybody', async () => {
    await ask();
    setUp({});
    const { events, result } = await ask();
    expect(outline(events)).toEqual(['run.start', 'answer.start', 'outcome', 'run.end']);
    expect(events[1]).toMatchObject({ source: 'cache', model: null });
    expect(shown(events)).toBe('fowl');
    expect(result).toMatchObject({
      status: 'complete',
      answer: 'fowl',
      answer_source: 'cache',
      finish_reason: 'stop',
      calls: [],
      proposals: [],
      critic: null,
      usage: { input_tokens: 0, output_tokens: 0 },
      cost_usd: 0,
      cost_source: 'reported',
      warnings: [],
      error: null,
    });
    expect(client.requests).toEqual([]);
    expect(cache.entries.size).toBe(1);
  });

  it('answers it also where no money is left', async () => {
    const budget = memoryBudget(0, 'the budget', '');
    const deps = { budgets: [budget] };
    const poor = { mixture: { ...MIXTURE, maxCost: { usd: 0, setByUser: true } } };
    expect((await ask(poor, deps)).result).toMatchObject({ status: 'failed', error: { code: 'cost_cap' } });
    await ask();
    expect((await ask(poor, deps)).result).toMatchObject({ status: 'complete', answer: 'fowl', answer_source: 'cache' });
  });

  it('shows the whole text at once to a reader of a stream', async () => {
    await ask();
    const { events } = await ask({ stream: true });
    expect(events.filter(({ type }) => type === 'answer.delta')).toMatchObject([{ text: 'fowl' }]);
  });

  it('with `refresh` asks anew and keeps the new answer', async () => {
    await ask();
    setUp({ ...GOOD, critic: answers('cake') });
    const { result } = await ask({ cache: 'refresh' });
    expect(result).toMatchObject({ answer: 'cake', answer_source: 'critic' });
    expect(cache.gets).toBe(1);
    expect([...cache.entries.values()].map(({ answer }) => answer.answer)).toEqual(['cake']);
  });

  it('with `off` neither looks nor keeps', async () => {
    const { result } = await ask({ cache: 'off' });
    expect(result).toMatchObject({ answer: 'fowl', answer_source: 'critic' });
    expect([cache.gets, cache.entries.size]).toEqual([0, 0]);
  });

  it.each<[string, Record<string, readonly Step[]>, Partial<RunRequest>]>([
    ['failed', { one: refuses('overloaded', 503), two: refuses('overloaded', 503), critic: refuses('overloaded', 503) }, {}],
    ['degraded', { ...GOOD, critic: refuses('overloaded', 503) }, {}],
    ['degraded', { ...GOOD, critic: answers('fow', 0, 0.01, 'length') }, {}],
    ['cancelled', GOOD, { signal: AbortSignal.abort() }],
    ['complete', GOOD, { mixture: mixture(['one', 'two'], []) }],
  ])('does not keep a run that is %s, or without an answer of its own', async (status, scripts, request) => {
    setUp(scripts);
    const { result } = await ask(request);
    expect(result.status).toBe(status);
    expect(cache.entries.size).toBe(0);
  });

  it('goes well when the cache breaks its word', async () => {
    cache.get = () => Promise.reject(new Error('no disk'));
    cache.put = () => Promise.reject(new Error('no disk'));
    expect((await ask()).result).toMatchObject({ status: 'complete', answer: 'fowl', warnings: [] });
  });

  it('ends at its own limit while the cache is silent', async () => {
    cache.get = () => new Promise(() => {});
    const { result } = await ask({ mixture: { ...MIXTURE, runTimeout: 5_000 } });
    expect(result).toMatchObject({ status: 'failed', error: { code: 'timeout' }, calls: [] });
  });
});

describe('the key of an answer', () => {
  const key = (request: Partial<RunRequest>, realm = '') =>
    cacheKeys({ messages: MESSAGES, mixture: MIXTURE, stream: false, ...request }, realm, null).key;
  const mixed = (more: Partial<typeof MIXTURE>) => ({ mixture: { ...MIXTURE, ...more } });
  const proposer = (more: object) => mixed({ proposers: MIXTURE.proposers.map((each, i) => (i === 0 ? { ...each, ...more } : each)) });
  const usual = key({});

  it.each<[string, Partial<RunRequest>]>([
    ['the question', { messages: [user('What is for supper?')] }],
    ['a system turn', { messages: [{ role: 'system', content: 'Be brief.' }, ...MESSAGES] }],
    ['an image', { messages: [user([{ type: 'text', text: 'What is for dinner?' }, IMAGE])] }],
    ['a parameter', { params: { temperature: 0 } }],
    ['a parameter of the writer', { writerParams: { max_tokens: 5 } }],
    ['a model', proposer({ model: 'three' })],
    ['a provider', proposer({ provider: 'elsewhere' })],
    ['a family', proposer({ family: 'f' })],
    ['a weight', proposer({ weight: 2 })],
    ["a model's parameters", proposer({ params: { temperature: 1 } })],
    ["a model's extra body", proposer({ extraBody: { timeouts: 1 } })],
    ['a role', proposer({ role: { name: 'r', text: 'Be critical.' } })],
    ['a policy', proposer({ privacy: { zdr: true } })],
    ['a critic', mixed({ critics: [member('c1', 'other')] })],
    ['the single model', mixed({ single: member('s1', 'one') })],
    ['the strategy', mixed({ strategy: 'vote' })],
    ['a rule', mixed({ rules: { ...MIXTURE.rules, vote: { start: 2, extract: 'auto' } } })],
    ['a tier', mixed({ rules: { ...MIXTURE.rules, cascade: { tiers: [[member('p1', 'one')]], confidence: null } } })],
    ['an aggregator', mixed({ rules: { ...MIXTURE.rules, layers: { ...MIXTURE.rules.layers, aggregators: [member('a1', 'one')] } } })],
    ['verification', mixed({ verify: { questions: 5, verifier: null, show: 'repaired' } })],
    ['refinement', mixed({ refine: 2 })],
    ['the quorum', mixed({ quorum: 1 })],
    ['a route', mixed({ auto: { classifier: null, routes: { code: MIXTURE } } })],
  ])('changes with %s', (_what, request) => {
    expect(key(request)).not.toBe(usual);
  });

  it.each<[string, Partial<RunRequest>]>([
    ['the seed', { seed: 7 }],
    ['streaming', { stream: true }],
    [
      'limits',
      mixed({ runTimeout: 1, grace: 1, retries: 0, maxCost: { usd: 1, setByUser: true }, expectedOutput: 1, allowUnknownPrice: true }),
    ],
    ["a model's limits", proposer({ timeouts: { ...MIXTURE.proposers[0]?.timeouts, call: 1 } })],
    ["the mixture's name", mixed({ name: 'other', strategyChosen: false })],
    ['parameters that are not set', { params: { temperature: undefined }, writerParams: {} }],
    ['the order of keys', { messages: [{ content: 'What is for dinner?', role: 'user' }] }],
  ])('does not change with %s', (_what, request) => {
    expect(key(request)).toBe(usual);
  });

  it('changes with the place that answers come from, and looks into mixtures and verifiers that are led to', () => {
    expect(key({}, 'https://elsewhere')).not.toBe(usual);
    const routed = (target: Partial<typeof MIXTURE>) =>
      key(mixed({ auto: { classifier: null, routes: { code: { ...MIXTURE, ...target } } } }));
    expect(routed({ runTimeout: 1 })).toBe(routed({}));
    expect(routed({ refine: 1 })).not.toBe(routed({}));
    const verified = (more: object) => key(mixed({ verify: { questions: 5, verifier: member('v1', 'one', more), show: 'repaired' } }));
    expect(verified({ timeouts: {} })).toBe(verified({}));
    expect(verified({ model: 'two' })).not.toBe(verified({}));
  });
});

describe('the scope of a question', () => {
  const scope = (request: Partial<RunRequest>, rule: SemanticRule | null = SEMANTIC) =>
    cacheKeys({ messages: MESSAGES, mixture: MIXTURE, stream: false, ...request }, '', rule).scope;
  const system: Message = { role: 'system', content: 'Be brief.' };

  it('is shared by questions with the same system turn, history and mixture', () => {
    expect(scope({ messages: [user('Anything')] })).toBe(scope({}));
    expect(scope({ messages: [system, user('a')] })).toBe(scope({ messages: [system, user('b')] }));
  });

  it('differs with all else, the embedding model included', () => {
    const others = [
      scope({ messages: [system, ...MESSAGES] }),
      scope({ messages: [user('earlier'), { role: 'assistant', content: 'so' }, ...MESSAGES] }),
      scope({ mixture: { ...MIXTURE, refine: 1 } }),
      scope({ params: { temperature: 0 } }),
      scope({}, { ...SEMANTIC, model: 'other' }),
      scope({}, { ...SEMANTIC, provider: 'other' }),
    ];
    expect(new Set([scope({}), ...others]).size).toBe(7);
    expect(scope({}, { ...SEMANTIC, threshold: 0.5 })).toBe(scope({}));
  });

  it.each<[string, Message[]]>([
    ['with an image', [user([{ type: 'text', text: 'What is this?' }, IMAGE])]],
    ['without text', [user(' ')]],
    ['that is not the last turn', [...MESSAGES, { role: 'assistant', content: 'The dinner is' }]],
  ])('is none for a question %s', (_what, messages) => {
    expect(scope({ messages })).toBeNull();
  });

  it('is none where nothing is compared', () => expect(scope({}, null)).toBeNull());
});

describe('a similar question', () => {
  it('gets the stored answer, with the question it was given to', async () => {
    const texts = embeds();
    cache.near = { answer: STORED, similarity: 0.954 };
    const { events, result } = await ask({}, semantic);
    expect(outline(events)).toEqual(['run.start', 'call.start', 'call.end', 'warning', 'answer.start', 'outcome', 'run.end']);
    expect(result).toMatchObject({
      status: 'complete',
      answer: 'soup',
      answer_source: 'cache',
      cost_usd: 0.002,
      cost_source: 'reported',
      usage: { input_tokens: 10 },
      warnings: [
        {
          code: 'cache_similar',
          message: 'answer from the cache, given on 2026-01-01 to a similar question (0.95): "What is there for supper?"',
        },
      ],
      calls: [
        {
          id: 'e1',
          kind: 'embedding',
          model: 'openai/embedder',
          provider: 'test',
          family: 'openai',
          status: 'answered',
          cost_usd: 0.002,
          attempts: 1,
        },
      ],
    });
    expect(texts).toEqual(['What is for dinner?']);
    expect(cache.searched).toEqual([{ place: { scope: expect.stringMatching(/^[0-9a-f]{64}$/), vector: [0.5, 0.25] }, threshold: 0.92 }]);
    expect(client.requests).toEqual([]);
    expect(cache.entries.size).toBe(0);
  });

  it('is named in one line, shortened', async () => {
    embeds();
    cache.near = { answer: { ...STORED, question: `${'x'.repeat(119)} ${'y'.repeat(50)}` }, similarity: 1 };
    const { result } = await ask({}, semantic);
    expect(result.warnings[0]?.message).toBe(
      `answer from the cache, given on 2026-01-01 to a similar question (1.00): "${'x'.repeat(119)}…"`,
    );
  });

  it('is not looked for where the very question is stored', async () => {
    await ask();
    const texts = embeds();
    expect((await ask({}, semantic)).result).toMatchObject({ answer: 'fowl', answer_source: 'cache', cost_usd: 0 });
    expect(texts).toEqual([]);
  });

  it('that is not there is asked, and kept with its place', async () => {
    embeds();
    const { result } = await ask({}, semantic);
    expect(result).toMatchObject({ answer: 'fowl', answer_source: 'critic', cost_usd: 0.032 });
    expect(calls(result)).toEqual(['e1', 'p1', 'p2', 'c1']);
    expect([...cache.entries.values()][0]?.place).toEqual(cache.searched[0]?.place);
  });

  it('is not looked for with `refresh`, but the new answer is kept with its place', async () => {
    const texts = embeds();
    cache.near = { answer: STORED, similarity: 1 };
    const { result } = await ask({ cache: 'refresh' }, semantic);
    expect(result).toMatchObject({ answer: 'fowl', answer_source: 'critic', cost_usd: 0.032 });
    expect(calls(result)).toEqual(['e1', 'p1', 'p2', 'c1']);
    expect([texts, cache.gets, cache.searched]).toEqual([['What is for dinner?'], 0, []]);
    expect([...cache.entries.values()][0]?.place).toEqual({ scope: expect.stringMatching(/^[0-9a-f]{64}$/), vector: [0.5, 0.25] });
  });

  it('is not asked for when a refresh is cancelled while its place is awaited', async () => {
    const controller = new AbortController();
    client.embed = () =>
      new Promise((_, reject) => {
        clock.after(100, () => {
          controller.abort();
          reject(new MomError('cancelled', 'cancelled'));
        });
      });
    const { result } = await ask({ cache: 'refresh', signal: controller.signal }, semantic);
    expect(result).toMatchObject({ status: 'cancelled', answer: null, warnings: [] });
    expect([client.requests, cache.entries.size]).toEqual([[], 0]);
  });

  it('is not looked for by a question with an image', async () => {
    const texts = embeds();
    await ask({ messages: [user([{ type: 'text', text: 'What is this?' }, IMAGE])] }, semantic);
    expect(texts).toEqual([]);
    expect([...cache.entries.values()][0]?.place).toBeNull();
  });

  it('is done without when the embedding model is down', async () => {
    client.embeddings['openai/embedder'] = () => {
      throw new MomError('overloaded', 'the provider said 503', { status: 503 });
    };
    const { result } = await ask({}, semantic);
    expect(result).toMatchObject({ status: 'complete', answer: 'fowl', cost_usd: 0.03, cost_source: 'reported' });
    expect(result.warnings).toEqual([
      { code: 'embedding_failed', message: 'the question could not be compared with those in the cache: the provider said 503' },
    ]);
    expect(result.calls[0]).toMatchObject({ id: 'e1', status: 'failed', error: { code: 'overloaded', status: 503 }, cost_usd: 0 });
    expect((await ask({}, semantic)).result).toMatchObject({ answer: 'fowl', answer_source: 'cache', warnings: [] });
  });

  it('is done without when the embedding model is too slow, whose price then is unknown', async () => {
    client.embed = () =>
      new Promise((_, reject) => {
        clock.after(10_000, () => reject(new MomError('timeout', 'no answer after 10 s')));
      });
    const { result } = await ask({}, semantic);
    expect(result).toMatchObject({ status: 'complete', answer: 'fowl', cost_usd: 0.03, cost_source: 'partial' });
    expect(result.calls[0]).toMatchObject({ status: 'failed', duration_ms: 10_000, cost_usd: null });
    expect(result.warnings).toEqual([
      { code: 'embedding_failed', message: 'the question could not be compared with those in the cache: no answer after 10 s' },
    ]);
  });

  it.each<[string, Partial<typeof MIXTURE>, number | null, string]>([
    ['the cap', { maxCost: { usd: 0.5, setByUser: true } }, 1, 'openai/embedder may cost $12, more than the cap of $0.5'],
    [
      'an unknown price',
      { maxCost: { usd: 0.5, setByUser: true } },
      null,
      "the price of openai/embedder is not known, so the cap of $0.5 can't be held",
    ],
  ])('is not looked for against %s', async (_what, more, price, why) => {
    const texts = embeds();
    const prices = (usd: number) => ({ input: usd, output: 0, cachedInput: null, reasoning: null, request: 0, image: 0 });
    const facts = (_provider: string, id: string): ModelFacts => {
      const known = id === 'openai/embedder' ? price : 0;
      return {
        id,
        context: null,
        maxOutput: null,
        images: null,
        parameters: null,
        expires: null,
        prices: known === null ? null : prices(known),
      };
    };
    const { result } = await ask({ mixture: { ...MIXTURE, ...more } }, { ...semantic, catalog: { ...NO_CATALOG, facts } });
    expect(result).toMatchObject({ status: 'complete', answer: 'fowl' });
    expect(result.warnings).toEqual([
      { code: 'embedding_failed', message: expect.stringMatching(/^the question could not be compared with those in the cache: /) },
    ]);
    expect(result.warnings[0]?.message).toContain(why);
    expect(texts).toEqual([]);
  });

  it('is paid from the budget, at the price of the list where the provider names none', async () => {
    embeds({ usd: null, source: 'unknown' });
    cache.near = { answer: STORED, similarity: 0.95 };
    const prices = { input: 0.001, output: 0, cachedInput: null, reasoning: null, request: 0, image: 0 };
    const facts = (_provider: string, id: string): ModelFacts => ({
      id,
      context: null,
      maxOutput: null,
      images: null,
      parameters: null,
      expires: null,
      prices,
    });
    const budget = memoryBudget(1, 'the budget', '');
    const { result } = await ask({}, { ...semantic, catalog: { ...NO_CATALOG, facts }, budgets: [budget] });
    expect(result).toMatchObject({ answer: 'soup', cost_usd: 0.01, cost_source: 'computed' });
    expect(budget.left()).toBeCloseTo(0.99, 10);
  });

  it('is given up with the run', async () => {
    client.embed = (...given: unknown[]) =>
      new Promise<never>((_, reject) => {
        const signal = given[3] as AbortSignal;
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    const { result } = await ask({ mixture: { ...MIXTURE, runTimeout: 1_000 } }, semantic);
    expect(result).toMatchObject({ status: 'failed', error: { code: 'timeout' }, warnings: [] });
    expect(result.calls).toMatchObject([{ id: 'e1', status: 'cancelled' }]);
  });
});

describe('twins', () => {
  const SLOW = { ...GOOD, critic: answers('fowl', 1_000) };
  const twins = (requests: Partial<RunRequest>[], deps: Partial<EngineDeps> = {}) => {
    const run = engine({ cache: { answers: cache, semantic: null }, ...deps });
    const started = requests.map((request) => run(request));
    return clock.play(Promise.all(started.map(async ({ done, events }) => ({ result: await done, events }))));
  };

  it('share one run: the second gets its answer as from the cache', async () => {
    setUp(SLOW);
    const [first, second, third] = await twins([{ seed: 1 }, { seed: 2, stream: true }, {}]);
    expect(client.requests).toHaveLength(3);
    expect(first?.result).toMatchObject({ id: 'run-1', answer: 'fowl', answer_source: 'critic', cost_usd: 0.03 });
    expect(second?.result).toMatchObject({
      id: 'run-2',
      status: 'complete',
      answer: 'fowl',
      answer_source: 'cache',
      cost_usd: 0,
      calls: [],
    });
    expect(outline(second?.events ?? [])).toEqual(['run.start', 'answer.start', 'outcome', 'run.end']);
    expect(shown(second?.events ?? [])).toBe('fowl');
    expect(third?.result).toMatchObject({ id: 'run-3', answer_source: 'cache' });
    expect(cache.entries.size).toBe(1);
  });

  it('share the embedding and the word of similarity too', async () => {
    const texts = embeds();
    cache.near = { answer: STORED, similarity: 0.95 };
    const [first, second] = await twins([{}, {}], semantic);
    expect(texts).toHaveLength(1);
    expect(first?.result.cost_usd).toBe(0.002);
    expect(second?.result).toMatchObject({ answer: 'soup', cost_usd: 0, warnings: first?.result.warnings });
    expect(second?.result.warnings).toHaveLength(1);
  });

  it.each<[string, Partial<RunRequest>]>([
    ['another question', { messages: [user('And tea?')] }],
    ['a refresh', { cache: 'refresh' }],
    ['a run without the cache', { cache: 'off' }],
  ])('are not a question and %s', async (_what, other) => {
    setUp(SLOW);
    const results = await twins([{}, other]);
    expect(results.map(({ result }) => result.answer_source)).toEqual(['critic', 'critic']);
    expect(client.requests).toHaveLength(6);
  });

  it('are on their own without a cache', async () => {
    const results = await twins([{}, {}], { cache: null });
    expect(results.map(({ result }) => result.answer_source)).toEqual(['critic', 'critic']);
  });

  it('run on their own when the first one brings less than a complete answer', async () => {
    setUp({ ...GOOD, critic: refuses('overloaded', 503, 500) });
    const results = await twins([{}, {}, {}]);
    expect(results.map(({ result }) => [result.status, result.answer_source])).toEqual(Array(3).fill(['degraded', 'proposal:p1']));
    expect(client.requests).toHaveLength(9);
    expect(results[1]?.events.filter(({ type }) => type === 'run.start')).toHaveLength(1);
  });

  it('run on their own when the first one is cancelled', async () => {
    setUp(SLOW);
    const controller = new AbortController();
    clock.after(500, () => controller.abort());
    const [first, second] = await twins([{ signal: controller.signal }, {}]);
    expect(first?.result.status).toBe('cancelled');
    expect(second?.result).toMatchObject({ status: 'complete', answer: 'fowl', answer_source: 'critic' });
    expect(cache.entries.size).toBe(1);
  });

  it('can be cancelled and run into their limit while they wait, which leaves the first one alone', async () => {
    setUp(SLOW);
    const controller = new AbortController();
    clock.after(500, () => controller.abort());
    const [first, second, third] = await twins([{}, { signal: controller.signal }, { mixture: { ...MIXTURE, runTimeout: 600 } }]);
    expect(second?.result).toMatchObject({ status: 'cancelled', answer: null, error: { code: 'cancelled' }, duration_ms: 500, calls: [] });
    expect(third?.result).toMatchObject({ status: 'failed', answer: null, error: { code: 'timeout' }, duration_ms: 600, calls: [] });
    expect(first?.result).toMatchObject({ status: 'complete', answer: 'fowl' });
    expect(client.requests).toHaveLength(3);
  });

  it('are over when the run is: the next one looks into the cache', async () => {
    const run = engine({ cache: { answers: cache, semantic: null } });
    await clock.play(run().done);
    cache.entries.clear();
    expect((await clock.play(run().done)).answer_source).toBe('critic');
    expect(client.requests).toHaveLength(6);
  });
});

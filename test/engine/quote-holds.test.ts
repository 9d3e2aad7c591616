import { describe, expect, it } from 'vitest';
import { type Catalog, type Prices, priceOf } from '../../src/core/catalog.js';
import { estimateTokens } from '../../src/core/estimate.js';
import type { Message } from '../../src/core/message.js';
import { DEFAULT_RULES, type Member, type Mixture, type RunStrategy } from '../../src/core/mixture.js';
import type { CallEvent, CallRequest, Embedding, ModelClient } from '../../src/core/model-client.js';
import type { RunRequest } from '../../src/core/run.js';
import { createEngine } from '../../src/engine/index.js';
import { FakeClock } from '../support/fake-clock.js';
import { member, mixture } from '../support/mixture.js';

const PRICES: Prices = { input: 1e-6, output: 4e-6, cachedInput: 1e-7, reasoning: 6e-6, request: 0.0001, image: 0 };

const CATALOG: Catalog = {
  facts: (_provider, id) => ({ id, context: null, maxOutput: null, images: null, parameters: null, expires: null, prices: PRICES }),
  retired: () => false,
  nearest: () => null,
  listedAt: () => '2026-01-02T03:04:05Z',
};

/** A reply of a model, and of which call of the run it is. */
type Words = (model: string, call: number) => string;

/** Answers whatever it is asked in `words`, and bills what that takes. */
class Billing implements ModelClient {
  readonly #words: Words;
  #calls = 0;

  constructor(words: Words) {
    this.#words = words;
  }

  async *call({ model, messages }: CallRequest): AsyncIterable<CallEvent> {
    const text = this.#words(model, this.#calls++);
    const usage = {
      input_tokens: estimateTokens(messages),
      output_tokens: estimateTokens([{ role: 'assistant', content: text }]),
      reasoning_tokens: 3,
      cached_input_tokens: 0,
    };
    yield { type: 'attempt', attempt: 1 };
    yield { type: 'open', generationId: null };
    yield { type: 'text', text };
    yield { type: 'finish', reason: 'stop' };
    yield { type: 'usage', usage, cost: { usd: priceOf(usage, PRICES), source: 'reported' } };
  }

  async lookupBill(): Promise<null> {
    return null;
  }

  async embed(): Promise<Embedding> {
    throw new Error('not asked for');
  }
}

const MESSAGES: Message[] = [
  { role: 'system', content: 'You are a careful assistant.' },
  { role: 'user', content: 'A farmer has 17 sheep and buys 4 times as many. How many sheep are there now? Explain it step by step.' },
];

/** Every reply fits every stage: a verdict, check questions, a route, a number. */
const reply = (call: number, number: number) =>
  `${'Well, '.repeat(call)}there are some.\nVERDICT: A1\nQUESTION: Is it ${number}?\nROUTE: medium math\nThe answer is ${number}.`;

const DIFFERENT: Words = (model, call) => reply(call, model.length + model.charCodeAt(0) + call);
const AGREEING: Words = (_model, call) => reply(call, 85);

const [one, two, three] = ['alpha', 'betas', 'gammas'].map((model, i) => member(`p${i + 1}`, model)) as [Member, Member, Member];
const BASE = mixture([one, two, three], ['critic', 'other']);

const MIXTURES: Record<RunStrategy, Mixture> = {
  single: { ...BASE, strategy: 'single', single: member('s1', 'critic') },
  fuse: { ...BASE, strategy: 'fuse' },
  self: { ...mixture([one, { ...one }, { ...one }], ['alpha']), strategy: 'self' },
  vote: { ...BASE, strategy: 'vote' },
  select: { ...BASE, strategy: 'select', rules: { ...DEFAULT_RULES, select: { secondLook: true } } },
  cascade: { ...BASE, strategy: 'cascade', rules: { ...DEFAULT_RULES, cascade: { tiers: [[one, two], [three]], confidence: null } } },
  deep: {
    ...BASE,
    strategy: 'deep',
    rules: { ...DEFAULT_RULES, layers: { count: 4, carry: 'gaps', aggregators: [member('a1', 'alpha')] } },
  },
};

const VERIFY = { verify: { questions: 5, verifier: null, show: 'repaired' } } as const;

async function compare(mix: Mixture, words: Words) {
  const clock = new FakeClock();
  const engine = createEngine({ client: new Billing(words), clock, catalog: CATALOG, newId: () => 'run-1', drawNonce: () => 'n0nce' });
  const request: RunRequest = { messages: MESSAGES, mixture: mix, stream: false, seed: 1 };
  const quote = await engine.quote(await engine.plan(request), request);
  const result = await clock.play(engine.run(request));
  return { quote, result };
}

describe.each(Object.entries(MIXTURES))('the quote of %s', (_strategy, base) => {
  describe.each([
    ['alone', {}],
    ['with verify', VERIFY],
    ['with refine', { refine: 2 }],
    ['with both', { ...VERIFY, refine: 1 }],
  ])('%s', (_what, more) => {
    it.each([
      ['differ', DIFFERENT],
      ['agree', AGREEING],
    ])('holds for a run in which answers %s', async (_how, words) => {
      const { quote, result } = await compare({ ...base, ...more }, words);
      expect(result.error).toBeNull();
      expect(result.calls.length).toBeGreaterThan(0);
      const made = result.calls.map((call) => call.id);
      const planned = quote.calls.map((call) => call.id);
      expect(new Set(planned).size).toBe(planned.length);
      expect(made.filter((id) => !planned.includes(id))).toEqual([]);
      expect(quote.calls.filter(({ id, certain }) => certain && !made.includes(id)).map(({ id }) => id)).toEqual([]);
      for (const call of result.calls) {
        const bounds = quote.calls.find(({ id }) => id === call.id);
        expect(call.usage?.input_tokens).toBeGreaterThanOrEqual(bounds?.input_tokens.low ?? Infinity);
        expect(call.usage?.input_tokens).toBeLessThanOrEqual(bounds?.input_tokens.high ?? 0);
        expect(bounds).toMatchObject({ kind: call.kind, layer: call.layer });
      }
      expect(result.cost_usd).toBeGreaterThanOrEqual(quote.usd?.low ?? Infinity);
      expect(result.cost_usd).toBeLessThanOrEqual(quote.usd?.high ?? 0);
    });
  });
});

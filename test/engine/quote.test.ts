import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Catalog, Prices } from '../../src/core/catalog.js';
import { ESTIMATE_ERROR, estimateTextTokens, estimateTokens } from '../../src/core/estimate.js';
import type { Message } from '../../src/core/message.js';
import type { Mixture, RunStrategy } from '../../src/core/mixture.js';
import { type CallRecord, NOT_MADE, type RunRequest } from '../../src/core/run.js';
import { planOf } from '../../src/engine/plan/plan-of.js';
import { MOST_OWN_TOKENS, quote } from '../../src/engine/quote.js';
import { member, mixture } from '../support/mixture.js';

const MESSAGES: Message[] = [{ role: 'user', content: 'What is the capital of France, and since when has it been that?' }];
const ESTIMATE = estimateTokens(MESSAGES);
const LOW = Math.floor(ESTIMATE / (1 + ESTIMATE_ERROR));
const HIGH = Math.ceil(ESTIMATE / (1 - ESTIMATE_ERROR));
const PRICES: Prices = { input: 1e-6, output: 2e-6, cachedInput: null, reasoning: null, request: 0, image: 0 };

/** A catalog of prices by model; the date is that of every list. */
function catalog(
  prices: Record<string, Partial<Prices>>,
  listedAt: string | Record<string, string> | null = '2026-01-02T03:04:05Z',
): Catalog {
  return {
    facts: (_provider, id) => {
      const own = prices[id];
      return own
        ? { id, context: null, maxOutput: null, images: null, parameters: null, expires: null, prices: { ...PRICES, ...own } }
        : null;
    },
    retired: () => false,
    nearest: () => null,
    listedAt: (provider) => (typeof listedAt === 'object' ? (listedAt?.[provider] ?? null) : listedAt),
  };
}

const EVERY = catalog({ a: {}, b: {}, c: {}, critic: {}, checker: {}, sorter: {}, merger: {} });

function quoted(mix: Mixture, request: Partial<RunRequest> = {}, strategy: RunStrategy = 'fuse', prices: Catalog = EVERY) {
  const full: RunRequest = { messages: MESSAGES, mixture: mix, stream: false, ...request };
  return quote(planOf(mix, strategy, 'for the test'), full, prices);
}

describe('the quote of a call', () => {
  const mix = mixture(['a', 'b'], ['critic']);

  it.each([
    ['vote', 30],
    ['select', 30],
    ['cascade', 30],
    ['fuse', 4_000],
  ] as const)('of %s is as long as the answer may be where a proposal is the answer', (strategy, most) => {
    expect(quoted(mix, { writerParams: { max_tokens: 30 } }, strategy).calls[0]?.output_tokens.high).toBe(most);
  });

  it('has the input as estimated, with the error of the estimate to either side, and an output from one token to what is expected', () => {
    expect(quoted(mix).calls[0]).toMatchObject({
      id: 'p1',
      kind: 'proposer',
      certain: true,
      input_tokens: { low: LOW, high: HIGH },
      output_tokens: { low: 1, high: 4_000 },
    });
  });

  it('costs between the lows and the highs', () => {
    const { usd } = quoted(mix).calls[0] ?? {};
    expect(usd?.low).toBeCloseTo(LOW * 1e-6 + 2e-6, 12);
    expect(usd?.high).toBeCloseTo(HIGH * 1e-6 + 4_000 * 2e-6, 12);
  });

  it('counts a role, and what the critic reads: from answers of one token to answers of full length and mom’s own words', () => {
    const inRole = {
      ...mix,
      proposers: [member('p1', 'a', { role: { name: 'critical', text: 'Doubt every claim you meet. '.repeat(40) } }), member('p2', 'b')],
    };
    const [first, second, critic] = quoted(inRole).calls;
    expect(first?.input_tokens.high).toBeGreaterThan((second?.input_tokens.high ?? 0) + 200);
    expect(critic).toMatchObject({ id: 'c1', kind: 'critic', input_tokens: { low: LOW + 2 } });
    expect(critic?.input_tokens.high).toBe(HIGH + MOST_OWN_TOKENS + 2 * (4_000 + 80));
  });

  it.each([
    ['what the member asks for at most', { proposers: [member('p1', 'a', { params: { max_tokens: 70 } })] }, {}, 70],
    [
      'a flag for every call before it',
      { proposers: [member('p1', 'a', { params: { max_tokens: 70 } })] },
      { params: { max_tokens: 60 } },
      60,
    ],
    ['what the mixture expects', { expectedOutput: 500 }, {}, 500],
    ['not what is meant for the writer', {}, { writerParams: { max_tokens: 9 } }, 4_000],
  ])('takes as longest output %s', (_what, more, request, high) => {
    expect(quoted({ ...mix, ...more }, request).calls[0]?.output_tokens.high).toBe(high);
  });

  it('gives the writer its own limit, and the critic reads no more than the proposers may write', () => {
    const short = {
      ...mix,
      proposers: [member('p1', 'a', { params: { max_tokens: 70 } }), member('p2', 'b', { params: { max_tokens: 90 } })],
    };
    const critic = quoted(short, { writerParams: { max_tokens: 50 } }).calls[2];
    expect(critic?.output_tokens.high).toBe(50);
    expect(critic?.input_tokens.high).toBe(HIGH + MOST_OWN_TOKENS + 2 * (90 + 80));
  });

  it('is not cheaper than all of its input from the cache, and not dearer than all of its output as reasoning', () => {
    const { usd } = quoted(mix, {}, 'fuse', catalog({ a: { cachedInput: 1e-7, reasoning: 5e-6 }, b: {}, critic: {} })).calls[0] ?? {};
    expect(usd?.low).toBeCloseTo(LOW * 1e-7 + 2e-6, 12);
    expect(usd?.high).toBeCloseTo(HIGH * 1e-6 + 4_000 * 5e-6, 12);
  });

  it('takes an image for something between a small and a large one, at its own price', () => {
    const image = { type: 'image_url' as const, image_url: { url: 'data:image/png;base64,AAAA' } };
    const messages: Message[] = [{ role: 'user', content: [{ type: 'text', text: String(MESSAGES[0]?.content) }, image] }];
    const call = quoted(mix, { messages }, 'fuse', catalog({ a: { image: 0.25, request: 0.5 } })).calls[0];
    expect(call?.input_tokens).toEqual({ low: LOW + 85, high: HIGH + 2_000 });
    expect(call?.usd?.low).toBeCloseTo(0.75 + (LOW + 85) * 1e-6 + 2e-6, 12);
  });

  it('has room for the instructions of every stage', () => {
    const folder = new URL('../../src/prompts/', import.meta.url);
    const templates = readdirSync(folder).filter((name) => name.endsWith('.md'));
    const sizes = templates.map((name) => estimateTextTokens(readFileSync(new URL(name, folder), 'utf8')) / (1 - ESTIMATE_ERROR));
    const [longest = 0, next = 0] = sizes.sort((a, b) => b - a);
    expect(longest).toBeGreaterThan(100);
    expect(longest + next).toBeLessThan(MOST_OWN_TOKENS);
  });
});

describe('the quote of a run', () => {
  const mix = mixture(['a', 'b'], ['critic', 'merger']);

  it('is the sum of its calls', () => {
    const { calls, usd, unpriced, listed_at } = quoted(mix);
    expect(calls.map((call) => call.id)).toEqual(['p1', 'p2', 'c1']);
    expect(usd?.low).toBeCloseTo(
      calls.reduce((sum, call) => sum + (call.usd?.low ?? 0), 0),
      12,
    );
    expect(usd?.high).toBeCloseTo(
      calls.reduce((sum, call) => sum + (call.usd?.high ?? 0), 0),
      12,
    );
    expect({ unpriced, listed_at }).toEqual({ unpriced: [], listed_at: '2026-01-02T03:04:05Z' });
  });

  it('is unknown as soon as one price is, which it names once', () => {
    const twice = mixture(['a', 'b', 'b'], ['critic']);
    const { usd, unpriced, calls } = quoted(twice, {}, 'fuse', catalog({ a: {}, critic: {} }));
    expect(usd).toBeNull();
    expect(unpriced).toEqual(['b']);
    expect(calls.map((call) => call.usd === null)).toEqual([false, true, true, false]);
  });

  it('costs nothing where the prices are nothing', () => {
    const free = catalog({ a: { input: 0, output: 0 }, b: { input: 0, output: 0 }, critic: { input: 0, output: 0 } });
    expect(quoted(mix, {}, 'fuse', free).usd).toEqual({ low: 0, high: 0 });
  });

  it('tells of the oldest list behind it, and of none where no list gave a price', () => {
    const two = mixture([member('p1', 'a', { provider: 'x' }), member('p2', 'b', { provider: 'y' })], []);
    const listed = { x: '2026-01-02T00:00:00Z', y: '2026-01-01T23:00:00-05:00', test: '2020-01-01T00:00:00Z' };
    expect(quoted(two, {}, 'fuse', catalog({ a: {}, b: {} }, listed)).listed_at).toBe('2026-01-02T00:00:00Z');
    expect(quoted(two, {}, 'fuse', catalog({ b: {} }, listed)).listed_at).toBe('2026-01-01T23:00:00-05:00');
    expect(quoted(two, {}, 'fuse', catalog({}, listed)).listed_at).toBeNull();
    expect(quoted(two, {}, 'fuse', catalog({ a: {}, b: {} }, null)).listed_at).toBeNull();
  });

  it('begins with the classifier', () => {
    const plan = { ...planOf(mix, 'fuse', 'for the test'), classifier: member('r1', 'sorter', { params: { max_tokens: 1 } }) };
    const { calls } = quote(plan, { messages: MESSAGES, mixture: mix, stream: false }, EVERY);
    expect(calls[0]).toMatchObject({ id: 'r1', kind: 'router', certain: true, output_tokens: { low: 1, high: 500 } });
    expect(calls).toHaveLength(4);
  });
});

describe('the quote of a run that takes proposals from an earlier one', () => {
  const mix = mixture(['a', 'b', 'c'], ['critic']);
  const kept = (id: string, model: string, text = 'Paris.'): CallRecord => ({
    ...NOT_MADE,
    ...{ id, model, kind: 'proposer', provider: 'test', family: model, role: null, layer: 1, status: 'answered', text },
  });

  it('asks nothing for them, and no price', () => {
    const { calls, usd, unpriced } = quoted(mix, { kept: [kept('p1', 'a'), kept('p3', 'c')] }, 'fuse', catalog({ b: {}, critic: {} }));
    expect(calls.map((call) => [call.id, call.kept ?? false, call.usd?.low === 0])).toEqual([
      ['p1', true, true],
      ['p2', false, false],
      ['p3', true, true],
      ['c1', false, false],
    ]);
    expect(unpriced).toEqual([]);
    expect(usd?.high).toBeCloseTo((calls[1]?.usd?.high ?? 0) + (calls[3]?.usd?.high ?? 0), 12);
  });

  it('reads them as long as they are', () => {
    const long = 'word '.repeat(40_000);
    const critic = (text: string) => quoted(mix, { kept: [kept('p1', 'a', text)] }).calls.at(-1)?.input_tokens.high ?? 0;
    expect(critic(long)).toBeGreaterThan(critic('Paris.') + 3 * 20_000);
  });

  it('asks for those of other models, and for later layers, all the same', () => {
    const deep = { ...mix, rules: { ...mix.rules, layers: { ...mix.rules.layers, count: 3 } } };
    const records = [kept('p1', 'other'), { ...kept('p2.2', 'b'), layer: 2 }];
    expect(quoted(deep, { kept: records }, 'deep').calls.some((call) => call.kept)).toBe(false);
  });

  it.each(['vote', 'cascade'] as const)('may cost nothing more where %s is settled by them', (strategy) => {
    const { calls, usd } = quoted(mix, { kept: [kept('p1', 'a'), kept('p2', 'b')] }, strategy);
    expect(usd?.low).toBe(0);
    expect(calls.find(({ id }) => id === 'p3')?.certain).toBe(false);
  });
});

import { expect, it } from 'vitest';
import type { AnswerFormat } from '../../../src/core/answer-format.js';
import { type Catalog, NO_CATALOG, type Prices, priceOf } from '../../../src/core/catalog.js';
import { estimateTextTokens, estimateTokens } from '../../../src/core/estimate.js';
import { messageText } from '../../../src/core/message.js';
import { DEFAULT_RULES, type Mixture, type RunStrategy } from '../../../src/core/mixture.js';
import type { CallEvent, CallRequest, Embedding, ModelClient } from '../../../src/core/model-client.js';
import { createEngine } from '../../../src/engine/index.js';
import { FakeClock } from '../../support/fake-clock.js';
import { mixture } from '../../support/mixture.js';

const PRICES: Prices = { input: 1e-6, output: 4e-6, cachedInput: null, reasoning: null, request: 0, image: 0 };
const CATALOG: Catalog = {
  ...NO_CATALOG,
  facts: (_provider, id) => ({ id, context: null, maxOutput: null, images: null, parameters: null, expires: null, prices: PRICES }),
};

/** A schema that is much longer than anything else in the run. */
const FORMAT: AnswerFormat = {
  type: 'json_schema',
  name: 'long',
  schema: {
    type: 'object',
    properties: Object.fromEntries(
      Array.from({ length: 400 }, (_, i) => [`property_${i}`, { type: 'string', description: `The ${i}th one.` }]),
    ),
    required: ['property_0'],
  },
};

/** Nothing it says is JSON until it is asked for a repair. A form that it must keep to is billed as input. */
class Careless implements ModelClient {
  async *call({ model, messages, format }: CallRequest): AsyncIterable<CallEvent> {
    const isRepair = messages.some((message) => messageText(message).includes('a checker found wrong'));
    const text = isRepair ? '{"property_0": "42"}' : `It is 42, says ${model}.\nVERDICT: A1`;
    const usage = {
      input_tokens: estimateTokens(messages) + (format ? estimateTextTokens(JSON.stringify(format)) : 0),
      output_tokens: estimateTextTokens(text),
      reasoning_tokens: 0,
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

const made = (strategy: RunStrategy): Mixture => {
  const names = strategy === 'self' ? ['alpha', 'alpha'] : ['alpha', 'beta', 'gamma'];
  const rules = { ...DEFAULT_RULES, layers: { count: 3, carry: 'full' as const, aggregators: [] } };
  return { ...mixture(names, ['critic', 'other'], { strategy, rules }), expectedOutput: 200 };
};

it.each<RunStrategy>(['single', 'fuse', 'self', 'vote', 'select', 'cascade', 'deep'])(
  'the price of %s holds for a run that needs the repair',
  async (strategy) => {
    const clock = new FakeClock();
    const engine = createEngine({ client: new Careless(), clock, catalog: CATALOG, newId: () => 'run-1', drawNonce: () => 'n0nce' });
    const messages = [{ role: 'user' as const, content: 'A farmer has 6 fields with 7 cows each. How many cows are there?' }];
    const request = { messages, mixture: made(strategy), stream: false, seed: 1, format: FORMAT };
    const quote = await engine.quote(await engine.plan(request), request);
    const result = await clock.play(engine.run(request));
    expect(result).toMatchObject({ error: null, answer: '{"property_0": "42"}' });
    expect(result.calls.filter(({ id }) => id.endsWith('.f'))).toHaveLength(1);
    for (const call of result.calls) {
      const planned = quote.calls.find(({ id }) => id === call.id);
      expect(planned).toMatchObject({ kind: call.kind, layer: call.layer });
      expect(call.usage?.input_tokens).toBeLessThanOrEqual(planned?.input_tokens.high ?? 0);
      expect(call.usage?.input_tokens).toBeGreaterThanOrEqual(planned?.certain ? planned.input_tokens.low : 0);
    }
    expect(result.cost_usd).toBeLessThanOrEqual(quote.usd?.high ?? 0);
    expect(result.cost_usd).toBeGreaterThanOrEqual(quote.usd?.low ?? Infinity);
  },
);

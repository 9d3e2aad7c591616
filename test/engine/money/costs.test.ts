import { describe, expect, it } from 'vitest';
import { MomError } from '../../../src/core/error.js';
import type { CallEvent } from '../../../src/core/model-client.js';
import type { Cost, Usage } from '../../../src/core/usage.js';
import { mixture } from '../../support/mixture.js';
import { priced } from '../../support/priced.js';
import { play } from '../../support/run-engine.js';
import { answers, refuses, type Step } from '../../support/scripted-client.js';

const UNKNOWN: Cost = { usd: null, source: 'unknown' };
const usage = (more: Partial<Usage> = {}): Usage => ({
  input_tokens: 100,
  output_tokens: 50,
  reasoning_tokens: 0,
  cached_input_tokens: 0,
  ...more,
});
const used = (more: Partial<Usage> = {}, cost = UNKNOWN): CallEvent => ({ type: 'usage', usage: usage(more), cost });
const open = (generationId: string | null = null): CallEvent => ({ type: 'open', generationId });
const text = (value: string): CallEvent => ({ type: 'text', text: value });
const STOP: CallEvent = { type: 'finish', reason: 'stop' };
const broken = { code: 'stream_broken' as const, message: 'broke', hint: null, status: null };

/** 'What is 6 x 7?' is 8 tokens, the frame around it 7. */
const INPUT = 15;
const PRICES = { input: 0.001, output: 0.01 };

/** One model asked alone, at 0.001 dollars a token of input, 0.01 of output, 100 tokens expected. */
function one(steps: readonly Step[], prices: Parameters<typeof priced>[0] = { m: PRICES }, more = {}) {
  const run = mixture([], ['m'], { strategy: 'single', expectedOutput: 100, ...more });
  return play(run, { m: steps }, {}, undefined, { catalog: priced(prices) });
}

describe('the cost of an answered call', () => {
  it('is what the provider reports, whatever the list says', async () => {
    const { result } = await one([open(), text('42'), STOP, used({}, { usd: 0.5, source: 'reported' })]);
    expect(result).toMatchObject({ cost_usd: 0.5, cost_source: 'reported' });
  });

  it('is computed from its usage where the provider says nothing of money', async () => {
    const { result } = await one([open(), text('42'), STOP, used()]);
    expect(result).toMatchObject({ cost_usd: 0.6, cost_source: 'computed', usage: { input_tokens: 100, output_tokens: 50 } });
  });

  it('has cached input and reasoning at their own prices', async () => {
    const steps = [open(), text('42'), STOP, used({ cached_input_tokens: 60, reasoning_tokens: 20 })];
    const prices = { m: { ...PRICES, cachedInput: 0.0001, reasoning: 0.02, request: 1 } };
    expect((await one(steps, prices)).result.cost_usd).toBeCloseTo(40 * 0.001 + 60 * 0.0001 + 30 * 0.01 + 20 * 0.02 + 1, 10);
  });

  it('is estimated from what came where there is no usage', async () => {
    const { result } = await one([open(), text('one two'), STOP]);
    expect(result).toMatchObject({ status: 'complete', cost_source: 'estimated', usage: { output_tokens: 0 } });
    expect(result.cost_usd).toBeCloseTo(INPUT * 0.001 + 2 * 0.01, 10);
    expect(result.calls[0]?.usage).toBeNull();
  });

  it('counts reasoning that was streamed', async () => {
    const steps: Step[] = [open(), { type: 'reasoning', text: 'one two three' }, text('four'), STOP];
    const { result } = await one(steps, { m: { ...PRICES, reasoning: 0.1 } });
    expect(result.cost_usd).toBeCloseTo(INPUT * 0.001 + 3 * 0.1 + 0.01, 10);
  });

  it('is unknown without usage and without a price', async () => {
    expect((await one([open(), text('42'), STOP], {})).result).toMatchObject({ cost_usd: null, cost_source: 'unknown' });
  });

  it('of a free model is 0, and that is known', async () => {
    expect((await one([open(), text('42'), STOP, used()], { m: {} })).result).toMatchObject({ cost_usd: 0, cost_source: 'computed' });
  });

  it('has its images', async () => {
    const messages = [{ role: 'user' as const, content: [{ type: 'image_url' as const, image_url: { url: 'data:,' } }] }];
    const run = mixture([], ['m'], { strategy: 'single' });
    const catalog = priced({ m: { image: 0.25 } });
    const { result } = await play(run, { m: [open(), text('42'), STOP, used()] }, { messages }, undefined, { catalog });
    expect(result.cost_usd).toBe(0.25);
  });
});

describe('the cost of a call that did not end well', () => {
  /** Input and all the output that was expected: nobody knows how far the provider went. */
  const atMost = INPUT * 0.001 + 100 * 0.01;

  it('is an upper bound when the stream broke', async () => {
    const { result } = await one([open(), text('one two'), { fail: new MomError('stream_broken', 'broke') }]);
    expect(result).toMatchObject({ status: 'failed', cost_source: 'estimated' });
    expect(result.cost_usd).toBeCloseTo(atMost, 10);
  });

  it('has max_tokens for a bound where that is less', async () => {
    const run = mixture([], ['m'], { strategy: 'single', expectedOutput: 100 });
    const steps: Step[] = [open(), { fail: new MomError('stream_broken', 'broke') }];
    const { result } = await play(run, { m: steps }, { writerParams: { max_tokens: 10 } }, undefined, { catalog: priced({ m: PRICES }) });
    expect(result.cost_usd).toBeCloseTo(INPUT * 0.001 + 10 * 0.01, 10);
  });

  it('is what came where that is more than expected', async () => {
    const { result } = await one([open(), text('word '.repeat(150).trim()), { fail: new MomError('stream_broken', 'broke') }]);
    expect(result.cost_usd).toBeCloseTo(INPUT * 0.001 + 150 * 0.01, 10);
  });

  it('is nothing when the provider refused it', async () => {
    expect((await one(refuses('rate_limited', 429))).result).toMatchObject({ cost_usd: 0, cost_source: 'reported' });
  });

  it('counts an attempt that broke before the one that answered', async () => {
    const restart: CallEvent = { type: 'restart', attempt: 1, error: broken, delayMs: 1 };
    const { result } = await one([open(), text('half'), restart, ...answers('42', 0, 0.5)]);
    expect(result).toMatchObject({ status: 'complete', answer: '42', cost_source: 'estimated' });
    expect(result.cost_usd).toBeCloseTo(atMost + 0.5, 10);
  });

  it('counts nothing for an attempt that was refused', async () => {
    const restart: CallEvent = { type: 'restart', attempt: 1, error: { ...broken, status: 503 }, delayMs: 1 };
    expect((await one([restart, ...answers('42', 0, 0.5)])).result).toMatchObject({ cost_usd: 0.5, cost_source: 'reported' });
  });
});

describe('the bill of a call that ended well', () => {
  it('is not asked for: a provider that tells prices has told them', async () => {
    for (const steps of [
      [open('gen-1'), text('42'), STOP, used()],
      [open('gen-1'), text('42'), STOP],
    ]) {
      const { result, client } = await one(steps, {});
      expect(result).toMatchObject({ status: 'complete', cost_usd: null, cost_source: 'unknown' });
      expect(client.lookups).toEqual([]);
    }
  });
});

describe('the bill of a cut call', () => {
  const scripts = { a: answers('1'), b: answers('2'), c: [open('gen-7'), { hang: true as const }], critic: answers('x', 1_000) };
  const run = mixture(['a', 'b', 'c'], ['critic'], { grace: 10, expectedOutput: 100 });
  const catalog = priced({ c: PRICES });

  it('is estimated as long as none is there', async () => {
    const { result, client } = await play(run, scripts, {}, undefined, { catalog });
    expect(client.lookups).toEqual(['gen-7']);
    expect(result.proposals[2]).toMatchObject({ status: 'cancelled', cost_source: 'estimated' });
    expect(result.cost_usd).toBeCloseTo(0.03 + INPUT * 0.001 + 1, 10);
    expect(result.cost_source).toBe('estimated');
  });

  it('replaces the estimate', async () => {
    const bill = { usage: usage(), cost: { usd: 0.2, source: 'reported' as const } };
    const { result, client } = await play(run, scripts, {}, undefined, { catalog }, (scripted) => {
      scripted.bill = bill;
    });
    expect(client.lookups).toEqual(['gen-7']);
    expect(result.proposals[2]).toMatchObject({ cost_usd: 0.2, cost_source: 'reported', usage: usage() });
    expect(result).toMatchObject({ cost_usd: 0.23, cost_source: 'reported' });
  });

  it('replaces only what it is for: the failed attempt before it stays estimated', async () => {
    const restart: CallEvent = { type: 'restart', attempt: 1, error: broken, delayMs: 1 };
    const bill = { usage: usage(), cost: { usd: 0.2, source: 'reported' as const } };
    const steps: Step[] = [open(), restart, open('gen-8'), { fail: new MomError('stream_broken', 'broke') }];
    const { result } = await play(
      mixture([], ['m'], { strategy: 'single', expectedOutput: 100 }),
      { m: steps },
      {},
      undefined,
      { catalog: priced({ m: PRICES }) },
      (scripted) => {
        scripted.bill = bill;
      },
    );
    expect(result.cost_source).toBe('estimated');
    expect(result.cost_usd).toBeCloseTo(INPUT * 0.001 + 1 + 0.2, 10);
  });

  it('without an amount leaves the estimate', async () => {
    const { result } = await play(run, scripts, {}, undefined, { catalog }, (scripted) => {
      scripted.bill = { usage: usage(), cost: UNKNOWN };
    });
    expect(result.proposals[2]).toMatchObject({ cost_source: 'estimated' });
  });
});

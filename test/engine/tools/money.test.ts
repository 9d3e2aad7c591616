import { describe, expect, it } from 'vitest';
import { memoryBudget } from '../../../src/core/budget.js';
import { ESTIMATE_ERROR, estimateTokens, estimateToolTokens } from '../../../src/core/estimate.js';
import type { Mixture } from '../../../src/core/mixture.js';
import type { Quote } from '../../../src/core/quote.js';
import type { RunRequest } from '../../../src/core/run.js';
import { createEngine } from '../../../src/engine/index.js';
import { OFFER, toolCall } from '../../support/agent.js';
import { FakeClock } from '../../support/fake-clock.js';
import { mixture } from '../../support/mixture.js';
import { priced } from '../../support/priced.js';
import { play } from '../../support/run-engine.js';
import { answers, callsTools, ScriptedClient } from '../../support/scripted-client.js';

const MESSAGES = [{ role: 'user' as const, content: 'Fix a.txt.' }];
/** A dollar a token of input and nothing else. */
const INPUT = { input: 1 };
const ALL = priced({ a: INPUT, b: INPUT, critic: INPUT });
const TOOLS = estimateToolTokens(OFFER);

async function quoted(mix: Mixture, more: Partial<RunRequest> = {}): Promise<Quote> {
  const clock = new FakeClock();
  const engine = createEngine({ client: new ScriptedClient(clock, {}), clock, catalog: ALL });
  const request: RunRequest = { messages: MESSAGES, mixture: mix, stream: false, ...more };
  return engine.quote(await engine.plan(request), request);
}

describe('the tools of a request', () => {
  it('are tokens, as many as the JSON they are', () => {
    expect(TOOLS).toBeGreaterThan(50);
    expect(estimateToolTokens({ ...OFFER, choice: 'none' })).toBe(TOOLS);
    expect([estimateToolTokens(null), estimateToolTokens({ ...OFFER, tools: [] })]).toEqual([0, 0]);
  });

  it('count in the quote of the writer, and as text in those of the proposers', async () => {
    const mix = mixture(['a', 'b'], ['critic']);
    const [without, withTools] = [await quoted(mix), await quoted(mix, { tools: OFFER })];
    const more = withTools.calls.map((call, i) => call.input_tokens.low - (without.calls[i]?.input_tokens.low ?? 0));
    expect(more[2]).toBeCloseTo(TOOLS / (1 + ESTIMATE_ERROR), -1);
    for (const each of more.slice(0, 2)) expect(each).toBeGreaterThan(TOOLS * 0.6);
    const vote = await quoted({ ...mix, strategy: 'vote' }, { tools: OFFER });
    expect(vote.calls.map(({ input_tokens }) => input_tokens)).toEqual(
      (await quoted({ ...mix, strategy: 'vote' })).calls.map((call) => call.input_tokens),
    );
  });

  it('count for a single model, and the critic’s instructions where it goes on alone', async () => {
    const single = mixture([], ['critic'], { strategy: 'single' });
    const exact = Math.floor((estimateTokens(MESSAGES) + TOOLS) / (1 + ESTIMATE_ERROR));
    expect((await quoted(single, { tools: OFFER })).calls).toMatchObject([{ input_tokens: { low: exact } }]);
    const result = [...MESSAGES, { role: 'tool' as const, tool_call_id: 'x', content: 'alpha' }];
    const [alone] = (await quoted(mixture(['a', 'b'], ['critic']), { tools: OFFER, messages: result })).calls;
    const [plain] = (await quoted(single, { tools: OFFER, messages: result })).calls;
    expect((alone?.input_tokens.high ?? 0) - (plain?.input_tokens.high ?? 0)).toBe(1_500);
  });

  it('are set aside before the call, which is refused where the money does not suffice', async () => {
    const single = mixture([], ['critic'], { strategy: 'single' });
    const budget = () => memoryBudget(estimateTokens(MESSAGES) + TOOLS - 1, 'the budget', 'wait');
    const scripts = { critic: callsTools([toolCall('x')]) };
    const run = (tools: typeof OFFER | null) =>
      play(single, scripts, { messages: MESSAGES, tools }, undefined, { catalog: ALL, budgets: [budget()] });
    const { result, client } = await run(OFFER);
    expect([result.error?.code, client.requests]).toEqual(['cost_cap', []]);
    expect(result.error?.message).toBe(
      `critic may cost $${estimateTokens(MESSAGES) + TOOLS}, but only $${estimateTokens(MESSAGES) + TOOLS - 1} is left of the budget`,
    );
    expect((await run(null)).client.requests).toHaveLength(1);
  });
});

it('a run is not begun that cannot pay a proposer who reads what the tools are for, nor the critic', async () => {
  const left = estimateTokens(MESSAGES) + TOOLS / 2;
  const run = (tools: typeof OFFER | null) => {
    const budgets = [memoryBudget(left, 'the budget', 'wait')];
    const scripts = { a: answers('one', 0, 0), critic: answers('merged', 0, 0) };
    return play(mixture(['a'], ['critic']), scripts, { messages: MESSAGES, tools }, undefined, { catalog: ALL, budgets });
  };
  const { result, events } = await run(OFFER);
  expect([result.status, result.error?.code, events.filter(({ type }) => type === 'call.skipped').length]).toEqual([
    'failed',
    'cost_cap',
    1,
  ]);
  expect((await run(null)).result.status).toBe('complete');
});

it('a max_tokens far beyond what an answer takes refuses no call', async () => {
  const dollar = { output: 1 / 4_000 };
  const catalog = priced({ a: dollar, b: dollar, critic: dollar });
  const mix = mixture(['a', 'b'], ['critic'], { maxCost: { usd: 3, setByUser: true } });
  const scripts = { a: answers('one'), b: answers('two'), critic: answers('merged') };
  const { result, client } = await play(mix, scripts, { writerParams: { max_tokens: 128_000 } }, undefined, { catalog });
  expect([result.status, result.warnings]).toEqual(['complete', []]);
  expect(client.requests.map(({ params }) => params.max_tokens)).toEqual([undefined, undefined, 128_000]);
});

it('with tools a panel is shrunk rather than left without the critic who decides', async () => {
  const half = { output: 1 / 4_000 };
  const catalog = priced({ a: half, b: half, critic: half });
  const mix = mixture(['a', 'b'], ['critic'], { maxCost: { usd: 2, setByUser: true } });
  const scripts = { a: answers('one', 0, 0), b: answers('two', 0, 0), critic: callsTools([toolCall('x')]) };
  const { result, client } = await play(mix, scripts, { tools: OFFER }, undefined, { catalog });
  expect(client.requests.map(({ model }) => model)).toEqual(['a', 'critic']);
  expect([result.status, result.tool_calls.map(({ id }) => id)]).toEqual(['degraded', ['x']]);
});

import { describe, expect, it } from 'vitest';
import { memoryBudget } from '../../src/core/budget.js';
import type { CallEvent, CallRequest } from '../../src/core/model-client.js';
import { createEngine } from '../../src/engine/index.js';
import { FakeClock } from '../support/fake-clock.js';
import { mixture } from '../support/mixture.js';
import { priced } from '../support/priced.js';
import { play } from '../support/run-engine.js';
import { answers, ScriptedClient } from '../support/scripted-client.js';

/** A call may cost $0.01 at worst, and does. */
const ONE = mixture([], ['critic'], { strategy: 'single', expectedOutput: 10 });
const catalog = priced({ critic: { output: 0.001 } });
const keyBudget = (usd: number) => memoryBudget(usd, 'the budget of key team-a', 'ask for more');

describe('the budgets of a run', () => {
  it('hold beside those of the engine', async () => {
    const own = keyBudget(1);
    const shared = memoryBudget(1, 'the budget of a day', 'wait');
    const { result } = await play(ONE, { critic: answers('42') }, { budgets: [own] }, undefined, { catalog, budgets: [shared] });
    expect(result.status).toBe('complete');
    expect([own.left(), shared.left()]).toEqual([0.99, 0.99]);
  });

  it('refuse the run before anybody is asked, and only this one', async () => {
    const own = keyBudget(0.005);
    const refused = await play(ONE, { critic: answers('42') }, { budgets: [own] }, undefined, { catalog });
    expect(refused.client.requests).toEqual([]);
    expect(refused.result).toMatchObject({
      status: 'failed',
      error: {
        code: 'cost_cap',
        message: 'critic may cost $0.01, but only $0.005 is left of the budget of key team-a',
        hint: 'ask for more',
      },
    });
    expect(own.left()).toBe(0.005);
    const other = await play(ONE, { critic: answers('42') }, {}, undefined, { catalog });
    expect(other.result.status).toBe('complete');
  });

  it('leave the price before as it is', async () => {
    const engine = createEngine({ client: new ScriptedClient(new FakeClock(), {}), catalog });
    const request = { messages: [{ role: 'user' as const, content: 'What is 6 x 7?' }], mixture: ONE, stream: false };
    const plan = await engine.plan(request);
    expect(await engine.quote(plan, { ...request, budgets: [keyBudget(0)] })).toEqual(await engine.quote(plan, request));
  });

  it('let a hundred runs at once spend what there is and not a cent more', async () => {
    const own = keyBudget(0.105);
    const clock = new FakeClock();
    const client = new Counting(clock, { critic: answers('42', 20) });
    const engine = createEngine({ client, clock, catalog });
    const request = { messages: [{ role: 'user' as const, content: 'What is 6 x 7?' }], mixture: ONE, stream: false, budgets: [own] };
    const results = await clock.play(Promise.all(Array.from({ length: 100 }, () => engine.run(request))));
    expect(results.filter(({ status }) => status === 'complete')).toHaveLength(10);
    expect(results.filter(({ error }) => error?.code === 'cost_cap')).toHaveLength(90);
    expect(client.requests).toHaveLength(10);
    expect(client.most).toBe(10);
    expect(own.left()).toBeCloseTo(0.005, 10);
    const later = await clock.play(engine.run(request));
    expect(later.error?.code).toBe('cost_cap');
  });
});

/** Knows how many calls ran at one time. */
class Counting extends ScriptedClient {
  most = 0;
  #now = 0;

  override async *call(request: CallRequest): AsyncIterable<CallEvent> {
    this.#now += 1;
    this.most = Math.max(this.most, this.#now);
    yield* super.call(request);
    this.#now -= 1;
  }
}

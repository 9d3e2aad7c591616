import { describe, expect, it } from 'vitest';
import { createRetryBudget } from '../../../src/client/failing/retry-budget.js';
import { ask, client, told, upstream } from '../support.js';

describe('a retry budget', () => {
  it('always allows the least', () => {
    const budget = createRetryBudget();
    budget.start();
    expect([budget.take(), budget.take(), budget.take(), budget.take()]).toEqual([true, true, true, false]);
  });

  it('allows a fifth of the last 100 attempts', () => {
    const budget = createRetryBudget();
    for (let n = 0; n < 1_000; n++) budget.start();
    let allowed = 0;
    while (budget.take()) allowed++;
    expect(allowed).toBe(20);
    for (let n = 0; n < 80; n++) budget.start();
    expect(budget.take()).toBe(true);
    expect(budget.take()).toBe(true);
  });

  it('stays at a fifth when every call wants retries', () => {
    const budget = createRetryBudget();
    let retries = 0;
    for (let n = 0; n < 10_000; n++) {
      budget.start();
      if (budget.take()) retries++;
    }
    expect(retries / (10_000 + retries)).toBeCloseTo(0.2, 2);
  });

  it('lets the error through at once when it is used up, for all calls together', async () => {
    const up = await upstream((res) => res.writeHead(503, { 'retry-after-ms': '0' }).end('{"error":{"message":"busy"}}'));
    const one = client(up.url, {}, { retryBudget: createRetryBudget({ window: 100, share: 0.2, least: 3 }) });
    const first = await told(one.call(ask()));
    const second = await told(one.call(ask()));
    const third = await told(one.call(ask()));
    expect([first, second, third].map(({ events }) => events.filter((event) => event.type === 'attempt').length)).toEqual([3, 2, 1]);
    expect(third.error).toMatchObject({ code: 'overloaded', message: 'up failed for openai/gpt-5 (503): busy' });
  });

  it('holds for embeddings too', async () => {
    const up = await upstream((res) => res.writeHead(503, { 'retry-after-ms': '0' }).end('{"error":{"message":"busy"}}'));
    const one = client(up.url, {}, { retryBudget: createRetryBudget({ window: 100, share: 0.2, least: 1 }) });
    const { signal } = new AbortController();
    for (let n = 0; n < 3; n++)
      await expect(one.forwardEmbeddings('up', { model: 'm' }, signal)).rejects.toMatchObject({ code: 'overloaded' });
    expect(up.seen).toHaveLength(4);
  });
});

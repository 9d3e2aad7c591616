import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../support/fake-clock.js';
import { client, upstream } from './support.js';

const signal = new AbortController().signal;

function json(res: ServerResponse, value: unknown, status = 200, headers: Record<string, string> = {}): void {
  res.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
}

const GOOD = { data: [{ embedding: [0.6, -0.8] }], usage: { prompt_tokens: 4, total_tokens: 4 } };

describe('an embedding', () => {
  it('comes with usage, its cost unknown where the provider says none', async () => {
    const up = await upstream((res) => json(res, GOOD));
    expect(await client(up.url).embed('up', 'text-embedding-3-small', 'hello', signal)).toEqual({
      vector: [0.6, -0.8],
      usage: { input_tokens: 4, output_tokens: 0, reasoning_tokens: 0, cached_input_tokens: 0 },
      cost: { usd: null, source: 'unknown' },
    });
    expect(up.seen[0]).toMatchObject({ url: '/v1/embeddings', headers: { authorization: 'Bearer key-1234567890' } });
    expect(up.seen[0]?.body).toEqual({ model: 'text-embedding-3-small', input: 'hello', encoding_format: 'float' });
  });

  it('reports the cost, and obeys the data policy and the routing of OpenRouter', async () => {
    const up = await upstream((res) => json(res, { ...GOOD, usage: { total_tokens: 3, cost: 0.00001 } }));
    const openrouter = client(up.url, {
      dialect: 'openrouter',
      privacy: { zdr: true },
      extraBody: { temperature: 1, provider: { only: ['azure'], zdr: false } },
    });
    expect(await openrouter.embed('up', 'openai/text-embedding-3-small', 'hello', signal)).toMatchObject({
      usage: { input_tokens: 3 },
      cost: { usd: 0.00001, source: 'reported' },
    });
    expect(up.seen[0]?.body).toEqual({
      provider: { only: ['azure'], zdr: true },
      model: 'openai/text-embedding-3-small',
      input: 'hello',
      encoding_format: 'float',
    });
  });

  it.each([
    [{ data: [] }, 'up sent no embedding for m'],
    [{ data: [{ embedding: 'AAAA' }] }, 'up sent no embedding for m'],
    [{ data: [{ embedding: [] }] }, 'up sent no embedding for m'],
    [{ data: [{ embedding: [0, 0] }] }, 'up sent no embedding for m'],
    [{ data: [{ embedding: [1, null] }] }, 'up sent no embedding for m'],
    ['text', 'up sent no embedding for m'],
  ])('%j is none', async (body, message) => {
    const up = await upstream((res) => json(res, body));
    await expect(client(up.url).embed('up', 'm', 'x', signal)).rejects.toMatchObject({
      code: 'bad_response',
      message,
      hint: 'check that m is an embedding model',
    });
  });

  it.each([
    [401, 'key_refused', 'up failed for m (401): no'],
    [402, 'no_credit', 'up failed for m (402): no'],
    [404, 'model_unknown', 'up failed for m (404): no'],
    [400, 'request_refused', 'up failed for m (400): no'],
  ])('a %i is told at once', async (status, code, message) => {
    const up = await upstream((res) => json(res, { error: { message: 'no' } }, status));
    await expect(client(up.url).embed('up', 'm', 'x', signal)).rejects.toMatchObject({ code, message, status });
    expect(up.seen).toHaveLength(1);
  });

  it('a refusal inside a 200 is one', async () => {
    const up = await upstream((res) => json(res, { error: { message: 'No endpoints', code: 404 } }));
    await expect(client(up.url).embed('up', 'm', 'x', signal)).rejects.toMatchObject({ code: 'model_unknown', status: 404 });
  });

  it('passing trouble is tried once more, and only once', async () => {
    const up = await upstream((res, _, n) => (n === 1 ? json(res, { error: { message: 'busy' } }, 503) : json(res, GOOD)));
    expect((await client(up.url).embed('up', 'm', 'x', signal)).vector).toEqual([0.6, -0.8]);
    const down = await upstream((res) => json(res, { error: { message: 'busy' } }, 503));
    await expect(client(down.url).embed('up', 'm', 'x', signal)).rejects.toMatchObject({ code: 'overloaded' });
    expect(down.seen).toHaveLength(2);
  });

  it('a Retry-After beyond its time is not waited for', async () => {
    const up = await upstream((res) => json(res, { error: { message: 'slow down' } }, 429, { 'retry-after': '11' }));
    await expect(client(up.url).embed('up', 'm', 'x', signal)).rejects.toMatchObject({ code: 'rate_limited' });
    expect(up.seen).toHaveLength(1);
  });

  it('has 10 s in all', async () => {
    const clock = new FakeClock();
    const up = await upstream(() => {});
    const work = client(up.url, {}, { clock }).embed('up', 'm', 'x', signal);
    await expect(clock.play(work)).rejects.toMatchObject({ code: 'timeout', message: 'up did not answer within 10 s (m)' });
    expect(clock.now()).toBe(10_000);
  });

  it('ends with the signal, also while it waits for its second try', async () => {
    const controller = new AbortController();
    const up = await upstream((res) => {
      json(res, { error: { message: 'busy' } }, 503, { 'retry-after': '5' });
      setImmediate(() => controller.abort());
    });
    await expect(client(up.url).embed('up', 'm', 'x', controller.signal)).rejects.toMatchObject({ code: 'cancelled' });
    expect(up.seen).toHaveLength(1);
  });

  it('needs a key and a provider', async () => {
    await expect(client('http://127.0.0.1:1/v1', { apiKey: null }).embed('up', 'm', 'x', signal)).rejects.toMatchObject({
      code: 'key_missing',
    });
    await expect(client('http://127.0.0.1:1/v1').embed('nobody', 'm', 'x', signal)).rejects.toMatchObject({
      code: 'config_invalid',
      message: 'no provider is named nobody',
    });
  });
});

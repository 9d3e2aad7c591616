import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../support/fake-clock.js';
import { client, upstream } from './support.js';

const signal = new AbortController().signal;
const ANSWER = {
  object: 'list',
  model: 'text-embedding-3-small',
  data: [{ object: 'embedding', index: 0, embedding: 'AACAPw==' }],
  usage: { prompt_tokens: 4, total_tokens: 4 },
};

function json(res: ServerResponse, value: unknown, status = 200, headers: Record<string, string> = {}): void {
  res.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
}

describe('a request for embeddings that is passed on', () => {
  it('goes out as it came, and its answer comes back as it is', async () => {
    const up = await upstream((res) => json(res, ANSWER));
    const request = { model: 'text-embedding-3-small', input: ['a', 'b'], encoding_format: 'base64', dimensions: 8, user: 'me' };
    expect(await client(up.url).forwardEmbeddings('up', request, signal)).toEqual({
      body: ANSWER,
      usage: { input_tokens: 4, output_tokens: 0, reasoning_tokens: 0, cached_input_tokens: 0 },
      cost: { usd: null, source: 'unknown' },
    });
    expect(up.seen[0]).toMatchObject({ url: '/v1/embeddings', headers: { authorization: 'Bearer key-1234567890' }, body: request });
  });

  it('gets the routing of its provider, which the client can’t lift, and nothing else that is set for chats', async () => {
    const up = await upstream((res) => json(res, { ...ANSWER, usage: { prompt_tokens: 4, cost: 0.5 } }));
    const openrouter = client(up.url, {
      dialect: 'openrouter',
      privacy: { zdr: true },
      extraBody: { top_k: 4, provider: { sort: 'price', zdr: false } },
    });
    const request = { model: 'openai/embed-latest', input: 'a', dimensions: 8, provider: { zdr: false } };
    expect((await openrouter.forwardEmbeddings('up', request, signal)).cost).toEqual({ usd: 0.5, source: 'reported' });
    expect(up.seen[0]?.body).toEqual({ model: '~openai/embed-latest', input: 'a', dimensions: 8, provider: { sort: 'price', zdr: true } });
  });

  it.each([
    [401, 'key_refused', 'up failed for m (401): no'],
    [404, 'model_unknown', 'up failed for m (404): no'],
    [400, 'request_refused', 'up failed for m (400): no'],
  ])('fails as a call does: %i', async (status, code, message) => {
    const up = await upstream((res) => json(res, { error: { message: 'no' } }, status));
    await expect(client(up.url).forwardEmbeddings('up', { model: 'm' }, signal)).rejects.toMatchObject({ code, message, status });
    expect(up.seen).toHaveLength(1);
  });

  it('is tried once more after passing trouble', async () => {
    const up = await upstream((res, _, n) => (n === 1 ? json(res, {}, 503, { 'retry-after-ms': '0' }) : json(res, ANSWER)));
    expect((await client(up.url).forwardEmbeddings('up', { model: 'm' }, signal)).body).toEqual(ANSWER);
    expect(up.seen).toHaveLength(2);
  });

  it.each([[{}], [{ data: [] }], [{ data: 'x' }], ['text'], [[]]])('has no answer in %j', async (body) => {
    const up = await upstream((res) => json(res, body));
    await expect(client(up.url).forwardEmbeddings('up', { model: 'm' }, signal)).rejects.toMatchObject({
      code: 'bad_response',
      message: 'up sent no embedding for m',
    });
  });

  it('has 60 s', async () => {
    const clock = new FakeClock();
    const up = await upstream(() => {});
    const work = client(up.url, {}, { clock }).forwardEmbeddings('up', { model: 'm' }, signal);
    await expect(clock.play(work)).rejects.toMatchObject({ code: 'timeout', message: 'up did not answer within 60 s (m)' });
  });

  it('ends with the signal, and needs a key, a provider and a model', async () => {
    const controller = new AbortController();
    const up = await upstream(() => controller.abort());
    await expect(client(up.url).forwardEmbeddings('up', { model: 'm' }, controller.signal)).rejects.toMatchObject({ code: 'cancelled' });
    await expect(client(up.url, { apiKey: null }).forwardEmbeddings('up', { model: 'm' }, signal)).rejects.toMatchObject({
      code: 'key_missing',
    });
    await expect(client(up.url).forwardEmbeddings('nobody', { model: 'm' }, signal)).rejects.toMatchObject({ code: 'config_invalid' });
    for (const model of [undefined, '', 5])
      await expect(client(up.url).forwardEmbeddings('up', { model }, signal)).rejects.toMatchObject({
        code: 'input_invalid',
        message: 'the request for embeddings names no model',
      });
  });
});

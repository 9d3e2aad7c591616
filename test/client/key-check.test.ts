import { expect, it } from 'vitest';
import type { Provider } from '../../src/core/model.js';
import { client, upstream } from './support.js';

const signal = new AbortController().signal;

async function check(status: number, body: unknown, dialect: Provider['dialect'] = 'openrouter') {
  const up = await upstream(
    (res) => void res.writeHead(status, { 'content-type': 'application/json' }).end(typeof body === 'string' ? body : JSON.stringify(body)),
  );
  return { state: await client(up.url).checkKey({ ...PROVIDER, baseUrl: up.url, dialect }, signal), seen: up.seen };
}

const PROVIDER: Provider = {
  name: 'up',
  dialect: 'openrouter',
  baseUrl: '',
  apiKey: 'key-1234567890',
  needsKey: true,
  headers: {},
  extraBody: {},
  privacy: {},
  attribution: false,
};

it('asks OpenRouter with the key itself', async () => {
  const { state, seen } = await check(200, { data: { label: 'sk-or-v1-0e6...1c96', limit: 5, limit_remaining: 4.2 } });
  expect(state).toEqual({ state: 'accepted', leftUsd: 4.2 });
  expect(seen.map(({ url, headers }) => [url, headers.authorization])).toEqual([['/v1/key', 'Bearer key-1234567890']]);
});

it.each([
  ['no limit', 200, { data: { limit: null, limit_remaining: null } }, { state: 'accepted', leftUsd: null }],
  [
    'a wrong key, which is not repeated',
    401,
    { error: { message: 'no user for key-1234567890' } },
    { state: 'refused', message: 'no user for [key]' },
  ],
  ['a key that may not', 403, 'no', { state: 'refused', message: '' }],
  ['a proxy without this page', 404, '<html></html>', { state: 'unknown' }],
  ['another page', 200, '<html></html>', { state: 'unknown' }],
  ['a failure', 500, {}, { state: 'unknown' }],
])('%s', async (_what, status, body, state) => {
  expect((await check(status, body)).state).toEqual(state);
});

it('asks nobody who has no such page, and nobody without a key', async () => {
  const { state, seen } = await check(200, {}, 'openai');
  expect([state, seen]).toEqual([{ state: 'unknown' }, []]);
  expect(await client('http://127.0.0.1:1/v1').checkKey({ ...PROVIDER, apiKey: null }, signal)).toEqual({ state: 'unknown' });
});

it('knows nothing of a key where nobody answers', async () => {
  expect(await client('http://127.0.0.1:1/v1').checkKey({ ...PROVIDER, baseUrl: 'http://127.0.0.1:1/v1' }, signal)).toEqual({
    state: 'unknown',
  });
});

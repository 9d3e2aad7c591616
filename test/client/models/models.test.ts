import { describe, expect, it } from 'vitest';
import { createClient } from '../../../src/client/index.js';
import type { ModelSource } from '../../../src/client/models/models.js';
import type { Provider } from '../../../src/core/model.js';
import { FakeClock } from '../../support/fake-clock.js';
import { cleanup, upstream } from '../support.js';

function provider(baseUrl: string, more: Partial<Provider> = {}): Provider {
  return {
    name: 'up',
    dialect: 'openrouter',
    baseUrl,
    apiKey: 'key-1234567890',
    needsKey: true,
    headers: { 'X-Own': 'mine' },
    extraBody: {},
    privacy: {},
    attribution: true,
    ...more,
  };
}

function source(clock?: FakeClock): ModelSource {
  const made = createClient({ providers: [], env: {}, ...(clock ? { clock } : {}) });
  cleanup(() => made.close());
  return made;
}

const signal = new AbortController().signal;

const GPT = {
  id: 'openai/gpt-5',
  canonical_slug: 'openai/gpt-5-2025-08-07',
  context_length: 400_000,
  name: 'OpenAI: GPT-5',
  architecture: { input_modalities: ['text', 'image'], output_modalities: ['text'] },
  pricing: {
    prompt: '0.00000125',
    completion: '0.00001',
    request: '0',
    image: '0.001',
    input_cache_read: '0.000000125',
    internal_reasoning: '0.00002',
  },
  supported_parameters: ['max_tokens', 'seed'],
  top_provider: { context_length: 400_000, max_completion_tokens: 128_000, is_moderated: true },
  expiration_date: '2027-01-31',
};

const GPT_FACTS = {
  id: 'openai/gpt-5',
  name: 'OpenAI: GPT-5',
  modalities: { input: ['text', 'image'], output: ['text'] },
  context: 400_000,
  maxOutput: 128_000,
  images: true,
  parameters: ['max_tokens', 'seed'],
  expires: '2027-01-31',
  prices: { input: 0.00000125, output: 0.00001, cachedInput: 0.000000125, reasoning: 0.00002, request: 0, image: 0.001 },
};

const NOTHING = { context: null, maxOutput: null, images: null, parameters: null, expires: null, prices: null };

function answering(value: unknown, status = 200) {
  return upstream((res) => {
    res.writeHead(status, { 'content-type': 'application/json' }).end(typeof value === 'string' ? value : JSON.stringify(value));
  });
}

describe('a model list', () => {
  it('is asked for with key and headers, and read in OpenRouter’s shape', async () => {
    const up = await answering({ data: [GPT] });
    expect(await source().fetchList(provider(up.url), signal)).toEqual({ told: [GPT_FACTS] });
    expect(up.seen[0]?.url).toBe('/v1/models');
    expect(up.seen[0]?.headers).toMatchObject({
      authorization: 'Bearer key-1234567890',
      'x-own': 'mine',
      'x-openrouter-title': 'mom',
      accept: 'application/json',
    });
  });

  it('skips entries that are none and takes odd fields for unknown', async () => {
    const up = await answering({
      data: [
        null,
        'x',
        {},
        { id: 7 },
        { id: '' },
        { id: 'a/bare' },
        {
          id: 'a/odd',
          context_length: 'big',
          architecture: { input_modalities: 'text' },
          pricing: { prompt: 'free', completion: '1' },
          supported_parameters: [],
          top_provider: { max_completion_tokens: '5' },
          expiration_date: 'soon',
        },
        {
          id: 'a/text',
          top_provider: { max_completion_tokens: null },
          architecture: { input_modalities: ['text'] },
          context_length: 0,
          pricing: null,
          supported_parameters: [1, 'seed'],
        },
        { id: 'a/top', name: '', top_provider: { context_length: 8_000 }, architecture: { output_modalities: ['text'] } },
      ],
    });
    expect(await source().fetchList(provider(up.url), signal)).toEqual({
      told: [
        { id: 'a/bare', ...NOTHING },
        { id: 'a/odd', ...NOTHING },
        { id: 'a/text', ...NOTHING, images: false, parameters: ['seed'] },
        { id: 'a/top', ...NOTHING, context: 8_000 },
      ],
    });
  });

  it.each([
    ['-1 is a price that is set later', { prompt: '-1', completion: '-1' }, null],
    ['one unknown price is enough', { prompt: '0.1', completion: '0.1', request: '-1' }, null],
    ['an empty text is no price', { prompt: '', completion: '0.1' }, null],
    ['0 is free', { prompt: '0', completion: '0' }, { input: 0, output: 0, cachedInput: null, reasoning: null, request: 0, image: 0 }],
    [
      '0 for cached input and reasoning is no price apart',
      { prompt: 1e-6, completion: 2e-6, input_cache_read: '0', internal_reasoning: '0' },
      { input: 1e-6, output: 2e-6, cachedInput: null, reasoning: null, request: 0, image: 0 },
    ],
  ])('%s', async (_, pricing, prices) => {
    const up = await answering({ data: [{ id: 'a/b', pricing }] });
    expect(await source().fetchList(provider(up.url), signal)).toEqual({ told: [{ id: 'a/b', ...NOTHING, prices }] });
  });

  it('has ids only from a plain OpenAI server', async () => {
    const up = await answering({ object: 'list', data: [{ ...GPT, id: 'llama3', object: 'model' }, { object: 'model' }] });
    expect(await source().fetchList(provider(up.url, { dialect: 'openai' }), signal)).toEqual({ told: [{ id: 'llama3', ...NOTHING }] });
  });

  it.each([
    ['<html></html>', 200, 'up sent something that is no model list', 'bad_response'],
    [[], 200, 'up sent something that is no model list', 'bad_response'],
    [{ data: {} }, 200, 'up sent something that is no model list', 'bad_response'],
    [{ data: [{}] }, 200, 'up sent a model list without a model', 'bad_response'],
    [{ error: { message: 'bad key-1234567890' } }, 401, 'up failed for its model list (401): bad [key]', 'key_refused'],
    ['gone', 404, 'up failed for its model list (404)', 'model_unknown'],
  ])('%j with %i is none', async (body, status, failed, code) => {
    const up = await answering(body, status);
    expect(await source().fetchList(provider(up.url), signal)).toEqual({ failed, code });
  });

  it('is waited for 5 s, and no longer than the signal lasts', async () => {
    const up = await upstream((res) => {
      res.writeHead(200).write('{"data": [');
    });
    const clock = new FakeClock();
    expect(await clock.play(source(clock).fetchList(provider(up.url), signal))).toEqual({
      failed: 'up did not answer within 5 s (its model list)',
      code: 'timeout',
    });
    expect(clock.now()).toBe(5_000);
    const controller = new AbortController();
    const aborted = source().fetchList(provider(up.url), controller.signal);
    controller.abort();
    expect(await aborted).toEqual({ failed: 'the call to its model list was cancelled', code: 'cancelled' });
  });

  it('says that nobody is there', async () => {
    const answer = await source().fetchList(provider('http://127.0.0.1:1/v1'), signal);
    expect(answer).toEqual({
      failed: 'could not reach up for its model list: nothing answers there (ECONNREFUSED)',
      code: 'connection_failed',
    });
  });
});

describe('a single model', () => {
  it('is asked for by its whole id, aliases and variants as well, and keeps the id it was asked by', async () => {
    const up = await answering({ data: GPT });
    const models = source();
    for (const id of ['~openai/gpt-latest', 'openai/gpt-latest', 'openai/gpt-5:free', 'sandbox/in=1,say=a%20b c']) {
      expect(await models.fetchModel(provider(up.url), id, signal)).toEqual({ told: { ...GPT_FACTS, id } });
    }
    expect(up.seen.map(({ url }) => url)).toEqual([
      '/v1/model/~openai/gpt-latest',
      '/v1/model/~openai/gpt-latest',
      '/v1/model/openai/gpt-5:free',
      '/v1/model/sandbox/in=1,say=a%2520b%20c',
    ]);
  });

  it.each([
    [{ error: { code: 404, message: 'Model not found' } }, 404, { told: null }],
    ['<html>404</html>', 404, { failed: 'up failed for a/b (404)', code: 'model_unknown' }],
    [{ detail: 'Not Found' }, 404, { failed: 'up failed for a/b (404): Not Found', code: 'model_unknown' }],
    [{ error: { message: 'oh' } }, 500, { failed: 'up failed for a/b (500): oh', code: 'provider_error' }],
    [{ data: { name: 'x' } }, 200, { failed: 'up sent something that is no model for a/b' }],
    ['nope', 200, { failed: 'up sent something that is no model for a/b' }],
  ])('%j with %i', async (body, status, answer) => {
    const up = await answering(body, status);
    expect(await source().fetchModel(provider(up.url), 'a/b', signal)).toEqual(answer);
  });

  it('stays below its path, whatever a client calls it', async () => {
    const up = await answering({ data: GPT });
    const names = [
      '../../credits',
      '..',
      './x',
      'a/../../keys',
      '..%2f..%2fkeys',
      '//evil.test/x',
      'a?b=c',
      'a#b',
      'http://evil.test/v1',
      'a\\..\\b',
      'x\ud800',
    ];
    for (const name of names) expect(await source().fetchModel(provider(up.url), name, signal)).toMatchObject({ told: { id: name } });
    expect(up.seen.map(({ url }) => url)).toEqual([
      '/v1/model/%252E%252E/%252E%252E/credits',
      '/v1/model/%252E%252E',
      '/v1/model/%252E/x',
      '/v1/model/a/%252E%252E/%252E%252E/keys',
      '/v1/model/..%252f..%252fkeys',
      '/v1/model///evil.test/x',
      '/v1/model/a%3Fb=c',
      '/v1/model/a%23b',
      '/v1/model/http://evil.test/v1',
      '/v1/model/a%5C..%5Cb',
      '/v1/model/x%EF%BF%BD',
    ]);
  });

  it('can’t be asked of a plain OpenAI server', async () => {
    const up = await answering({ data: GPT });
    expect(await source().fetchModel(provider(up.url, { dialect: 'openai' }), 'a', signal)).toEqual({
      failed: 'up tells nothing of single models',
    });
    expect(up.seen).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import type { Service } from '../../src/app/service/service.js';
import { memoryBudget } from '../../src/core/budget.js';
import { MomError } from '../../src/core/error.js';
import { errorOf, serveKey, testGateway } from '../support/gateway.js';

const ANSWER = {
  object: 'list',
  data: [{ object: 'embedding', index: 0, embedding: [0.5] }],
  usage: { prompt_tokens: 7, total_tokens: 7 },
};

function gateway(embed?: Service['embed']) {
  const asked: Record<string, unknown>[] = [];
  const test = testGateway({
    service: {
      embed:
        embed ??
        (async (request) => {
          asked.push(request);
          return { body: ANSWER, costUsd: 2e-7 };
        }),
    },
  });
  const post = (body: unknown) =>
    test.ask('/v1/embeddings', { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
  return { ...test, asked, post };
}

describe('embeddings', () => {
  it.each([['one text'], [['two', 'texts']], [[1, 2, 3]], [[[1, 2], [3]]]])('passes %j on as it is', async (input) => {
    const { post, asked, told } = gateway();
    const request = { model: 'openai/text-embedding-3-small', input, encoding_format: 'base64', dimensions: 256, user: 'u' };
    const response = await post(request);
    expect(response.status).toBe(200);
    expect(response.headers.get('x-mom-cost-usd')).toBe('0.0000002');
    expect(await response.json()).toEqual(ANSWER);
    expect(asked).toEqual([request]);
    expect(told.requests[0]).toMatchObject({
      model: 'openai/text-embedding-3-small',
      costUsd: 2e-7,
      usage: { input_tokens: 7 },
      status: 200,
    });
  });

  it.each([[''], [[]], [[1, 'a']], [[['a']]], [{}], [null], [['']], [[-1]], [[1.5]], [[[]]]])('refuses %j', async (input) => {
    const { post, asked } = gateway();
    const response = await post({ model: 'm', input });
    expect(response.status).toBe(400);
    expect(await errorOf(response)).toMatchObject({
      message:
        'input is neither a text nor tokens, nor a list of one kind; send a text, a list of texts, a list of tokens or a list of lists of tokens',
      param: 'input',
    });
    expect(asked).toEqual([]);
  });

  it('needs a model', async () => {
    const response = await gateway().post({ input: 'a' });
    expect(response.status).toBe(400);
    expect(await errorOf(response)).toMatchObject({ message: 'model is missing; name an embedding model of a provider', param: 'model' });
  });

  it('of a model that nobody has are a 404', async () => {
    const { post, told } = gateway(async () => {
      throw new MomError('model_unknown', "there is no embedding model 'mom'", { hint: 'name one of a provider' });
    });
    const response = await post({ model: 'mom', input: 'a' });
    expect(response.status).toBe(404);
    expect(await errorOf(response)).toEqual({
      message: "there is no embedding model 'mom'; name one of a provider",
      type: 'invalid_request_error',
      param: 'model',
      code: 'model_not_found',
    });
    expect(told.requests[0]).toMatchObject({ status: 404, error: { code: 'model_unknown' } });
  });

  it('says that no budget is left', async () => {
    const { post } = gateway(async () => {
      throw new MomError('cost_cap', 'the budget of $1 a day is used up');
    });
    const response = await post({ model: 'm', input: 'a' });
    expect(response.status).toBe(402);
    expect((await errorOf(response)).type).toBe('insufficient_quota');
  });

  it('lets a key spend what it may', async () => {
    const budget = memoryBudget(1, 'the budget of ann', 'wait');
    const seen: unknown[] = [];
    const { ask } = testGateway({
      serve: { keys: [serveKey('ann', 'secret-of-ann')] },
      service: {
        budgetsOf: (key) => (key.name === 'ann' ? [budget] : []),
        embed: async (_request, budgets) => {
          seen.push(...budgets);
          return { body: {}, costUsd: null };
        },
      },
    });
    const headers = { 'content-type': 'application/json', 'x-api-key': 'secret-of-ann' };
    const response = await ask('/v1/embeddings', { method: 'POST', body: '{"model":"m","input":"a"}', headers });
    expect(response.headers.get('x-mom-cost-usd')).toBe('unknown');
    expect(seen).toEqual([budget]);
  });
});

import { describe, expect, it } from 'vitest';
import { MomError } from '../../src/core/error.js';
import { errorOf, serveKey, testGateway } from '../support/gateway.js';

describe('routes', () => {
  it('lists the models', async () => {
    const { ask } = testGateway();
    const response = await ask('/v1/models');
    const { object, data } = (await response.json()) as { object: string; data: Record<string, unknown>[] };
    expect(response.status).toBe(200);
    expect(object).toBe('list');
    expect(data).toEqual([
      { id: 'mom', object: 'model', created: expect.any(Number), owned_by: 'mom', context_length: 200_000 },
      { id: 'mom/fast', object: 'model', created: expect.any(Number), owned_by: 'mom' },
    ]);
  });

  it.each(['/v1/models/mom/fast', '/v1/models/mom%2Ffast'])('shows the model of %s', async (path) => {
    const response = await testGateway().ask(path);
    expect(await response.json()).toMatchObject({ id: 'mom/fast', object: 'model' });
  });

  it('shows a model whose id begins with ~', async () => {
    const response = await testGateway().ask('/v1/models/~openai%2Fgpt-latest');
    expect(await response.json()).toMatchObject({ id: '~openai/gpt-latest', context_length: 1_000 });
  });

  it('says that nobody has a model', async () => {
    const target = async (name: string) => {
      throw new MomError('model_unknown', `there is no model '${name}'`, { hint: "did you mean 'mom/fast'?" });
    };
    const response = await testGateway({ service: { target } }).ask('/v1/models/mom/fst');
    expect(response.status).toBe(404);
    expect(await errorOf(response)).toEqual({
      message: "there is no model 'mom/fst'; did you mean 'mom/fast'?",
      type: 'invalid_request_error',
      param: null,
      code: 'model_not_found',
    });
  });

  it('hands the body to the chat endpoint', async () => {
    const response = await testGateway().chat('{"model":"mom","messages":[]}');
    expect(await response.json()).toEqual({ client: 'local', body: { model: 'mom', messages: [] } });
  });

  it.each([
    ['what can be asked is under /v1, such as /v1/models', ['/', '/v1', '/v1/models/', '/api/tags']],
    [
      'the base URL ends with /v1, which must stand in it once',
      ['/chat/completions', '/models', '/v1/v1/chat/completions', '/api/embeddings'],
    ],
    ['mom speaks the chat completions API: set the client to that', ['/v1/completions', '/v1/responses', '/v1/messages']],
  ])('knows nothing outside of /v1: %s', async (hint, paths) => {
    const { ask } = testGateway();
    for (const path of paths) {
      const response = await ask(path);
      expect([path, response.status]).toEqual([path, 404]);
      expect(await errorOf(response)).toMatchObject({ message: `there is nothing at this path; ${hint}`, code: 'not_found' });
    }
  });

  it.each([
    ['GET', '/v1/chat/completions', 'POST, OPTIONS', 'use POST'],
    ['DELETE', '/v1/models', 'GET, HEAD, OPTIONS', 'use GET or HEAD'],
    ['PUT', '/v1/models/mom/fast', 'GET, HEAD, OPTIONS', 'use GET or HEAD'],
    ['GET', '/v1/embeddings', 'POST, OPTIONS', 'use POST'],
    ['POST', '/healthz', 'GET, HEAD, OPTIONS', 'use GET or HEAD'],
  ])('says which methods there are: %s %s', async (method, path, allow, hint) => {
    const response = await testGateway().ask(path, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe(allow);
    expect(await errorOf(response)).toEqual({
      message: `${path} does not understand ${method}; ${hint}`,
      type: 'invalid_request_error',
      param: null,
      code: 'method_not_allowed',
    });
  });

  it('answers HEAD as GET, without the body', async () => {
    const response = await testGateway().ask('/v1/models', { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
  });

  it('answers OPTIONS with the methods', async () => {
    const response = await testGateway().ask('/v1/chat/completions', { method: 'OPTIONS' });
    expect(response.status).toBe(204);
    expect(response.headers.get('allow')).toBe('POST, OPTIONS');
    expect(response.headers.get('access-control-allow-methods')).toBeNull();
  });
});

describe('health', () => {
  it('is alive', async () => {
    expect(await (await testGateway().ask('/healthz')).json()).toEqual({ status: 'ok' });
  });

  it('is ready', async () => {
    const response = await testGateway().ask('/readyz');
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: 'ready' });
  });

  it('says why it is not ready', async () => {
    const unready = async () => new MomError('key_missing', 'no key for openrouter', { hint: 'set OPENROUTER_API_KEY' });
    const response = await testGateway({ service: { unready } }).ask('/readyz');
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({
      status: 'not ready',
      error: { message: 'no key for openrouter; set OPENROUTER_API_KEY', type: 'server_error', param: null, code: 'key_missing' },
    });
  });

  it('needs no key', async () => {
    const { ask } = testGateway({ serve: { keys: [serveKey('ann', 'secret-of-ann')] } });
    expect((await ask('/healthz')).status).toBe(200);
    expect((await ask('/readyz')).status).toBe(200);
  });

  it('does not fill the log', async () => {
    const { ask, told } = testGateway();
    await ask('/healthz');
    await ask('/readyz');
    await ask('/metrics');
    expect(told).toMatchObject({ requests: [], begun: 0, over: 0 });
  });
});

describe('metrics', () => {
  it('are shown', async () => {
    const response = await testGateway().ask('/metrics');
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await response.text()).toBe('mom_requests_total 1\n');
  });

  it('need a key where keys are', async () => {
    const { ask } = testGateway({ serve: { keys: [serveKey('ann', 'secret-of-ann')] } });
    expect((await ask('/metrics')).status).toBe(401);
    expect((await ask('/metrics', { headers: { authorization: 'Bearer secret-of-ann' } })).status).toBe(200);
  });
});

describe('request ids', () => {
  it('are new ones', async () => {
    const { ask } = testGateway();
    const ids = [(await ask('/v1/models')).headers.get('x-request-id'), (await ask('/nothing')).headers.get('x-request-id')];
    for (const id of ids) expect(id).toMatch(/^req_[0-9a-f]{32}$/);
    expect(ids[0]).not.toBe(ids[1]);
  });

  it.each(['abc-1.2:3_~', 'x'.repeat(128)])('are the own ones of a client: %s', async (id) => {
    const { ask, told } = testGateway();
    expect((await ask('/v1/models', { headers: { 'x-request-id': id } })).headers.get('x-request-id')).toBe(id);
    expect(told.requests[0]?.id).toBe(id);
  });

  it.each(['x'.repeat(129), 'with space', '<script>', ''])('are not what may do harm: %s', async (id) => {
    const response = await testGateway().ask('/v1/models', { headers: { 'x-request-id': id } });
    expect(response.headers.get('x-request-id')).toMatch(/^req_[0-9a-f]{32}$/);
  });
});

describe('the end of a request', () => {
  it('is told once to log and metrics', async () => {
    const { ask, told } = testGateway();
    await ask('/v1/models');
    expect(told).toMatchObject({ begun: 1, over: 1 });
    expect(told.requests).toEqual([
      expect.objectContaining({ method: 'GET', path: '/v1/models', client: 'local', status: 200, error: null }),
    ]);
  });

  it('tells what was refused', async () => {
    const { ask, told } = testGateway({ serve: { keys: [serveKey('ann', 'secret-of-ann')] } });
    await ask('/v1/models');
    expect(told.requests).toEqual([
      expect.objectContaining({
        client: null,
        status: 401,
        error: { code: 'unauthorized', message: 'this gateway needs a key, and the request shows none' },
      }),
    ]);
  });

  it('gives the service back', async () => {
    const { ask, holder } = testGateway();
    await ask('/v1/models');
    await ask('/nothing');
    const service = holder.current() as unknown as { closed: number };
    await holder.close();
    expect(service.closed).toBe(1);
  });

  it('is left to whoever streams the answer', async () => {
    const { chat, app, told } = testGateway({
      chat: async (c) => {
        c.var.scope.streams = true;
        setImmediate(() => {
          c.var.scope.report.status = 200;
          c.var.scope.finish();
        });
        return new Response('data: 1\n\n');
      },
    });
    await chat();
    expect(app.requests.count()).toBe(1);
    await app.requests.idle();
    expect(told.requests).toHaveLength(1);
  });

  it('is a 499 when the client has gone', async () => {
    const client = new AbortController();
    const { ask, told } = testGateway({
      service: {
        models: async () => {
          client.abort();
          return [];
        },
      },
    });
    await ask('/v1/models', { signal: client.signal });
    expect(told.requests[0]?.status).toBe(499);
  });

  it('tells a bug without its stack', async () => {
    const { ask, told } = testGateway({
      service: {
        models: async () => {
          throw new TypeError('x is not a function');
        },
      },
    });
    const response = await ask('/v1/models');
    expect(response.status).toBe(500);
    expect(response.headers.get('x-request-id')).toMatch(/^req_/);
    expect((await errorOf(response)).message).toMatch(/^mom ran into a bug: x is not a function; please report it/);
    expect(told.requests[0]?.error?.code).toBe('bug');
  });

  it('keeps secrets', async () => {
    const { ask, told } = testGateway({
      service: {
        secrets: ['canary-4711-canary'],
        models: async () => {
          throw new MomError('provider_error', 'the provider says: bad canary-4711-canary');
        },
      },
    });
    expect((await errorOf(await ask('/v1/models'))).message).toBe('the provider says: bad [redacted]');
    expect(told.requests[0]?.error?.message).toBe('the provider says: bad [redacted]');
  });
});

describe('stopping', () => {
  it('turns new requests to models away and closes connections', async () => {
    const { app, chat, ask } = testGateway();
    app.stop();
    const response = await chat();
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('5');
    expect(response.headers.get('connection')).toBe('close');
    expect((await errorOf(response)).message).toBe('mom is stopping and takes no new requests; try again in a moment');
    expect((await ask('/readyz')).status).toBe(503);
    expect((await ask('/healthz')).status).toBe(200);
  });

  it('tells those under way why', async () => {
    let reason: unknown;
    const { app, chat } = testGateway({
      chat: (c) =>
        new Promise((resolve) => {
          c.var.scope.signal.addEventListener('abort', () => {
            reason = c.var.scope.signal.reason;
            resolve(c.text('cut'));
          });
          setImmediate(() => app.requests.abortAll(new MomError('overloaded', 'mom is stopping')));
        }),
    });
    const response = await chat();
    expect(response.status).toBe(200);
    expect(reason).toMatchObject({ code: 'overloaded', message: 'mom is stopping' });
  });
});

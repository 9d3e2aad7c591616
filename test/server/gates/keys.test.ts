import { describe, expect, it } from 'vitest';
import { createKeyGate } from '../../../src/server/gates/keys.js';
import { errorOf, serveKey, testGateway } from '../../support/gateway.js';

const KEYS = [serveKey('ann', 'secret-of-ann'), serveKey('bob', 'secret-of-bob')];
const gateway = () => testGateway({ serve: { keys: KEYS } });

describe('keys', () => {
  it.each<[string, Record<string, string>]>([
    ['none', {}],
    ['a dummy', { authorization: 'Bearer 123' }],
    ['x-api-key', { 'x-api-key': 'whatever' }],
    ['something else', { authorization: 'Basic dTpw' }],
  ])('are not looked at on loopback when there are none: %s', async (_name, headers) => {
    const response = await testGateway().chat('{}', headers);
    expect(await response.json()).toMatchObject({ client: 'local' });
  });

  it.each<[string, Record<string, string>]>([
    ['Bearer', { authorization: 'Bearer secret-of-bob' }],
    ['bearer', { authorization: 'bearer  secret-of-bob' }],
    ['x-api-key', { 'x-api-key': 'secret-of-bob' }],
    ['both', { authorization: 'Bearer dummy', 'x-api-key': 'secret-of-bob' }],
  ])('are shown as %s', async (_name, headers) => {
    const { chat, told } = gateway();
    const response = await chat('{}', headers);
    expect(await response.json()).toMatchObject({ client: 'bob' });
    expect(told.requests[0]?.client).toBe('bob');
  });

  it.each<[string, Record<string, string>]>([
    ['no key', {}],
    ['an empty one', { authorization: 'Bearer ', 'x-api-key': '' }],
    ['another scheme', { authorization: 'Basic secret-of-bob' }],
  ])('are asked for: %s', async (_name, headers) => {
    const response = await gateway().chat('{}', headers);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect(response.headers.get('x-request-id')).toMatch(/^req_/);
    expect(await errorOf(response)).toEqual({
      message: 'this gateway needs a key, and the request shows none; send it as "Authorization: Bearer KEY" or "x-api-key: KEY"',
      type: 'invalid_request_error',
      param: null,
      code: 'invalid_api_key',
    });
  });

  it.each(['secret-of-bo', 'secret-of-bobb', 'SECRET-OF-BOB', 'bob', 'x'])('are compared to the letter: %s', async (key) => {
    const response = await gateway().chat('{}', { authorization: `Bearer ${key}` });
    expect(response.status).toBe(401);
    expect(await errorOf(response)).toMatchObject({
      message: 'the key is not one of this gateway; use one of serve.keys, MOM_SERVE_KEY or `mom keys show serve`',
    });
  });

  it('come before paths and methods: without one nothing is told', async () => {
    const { ask } = gateway();
    expect((await ask('/v1/nothing')).status).toBe(401);
    expect((await ask('/v1/chat/completions')).status).toBe(401);
    expect((await ask('/v1/models')).status).toBe(401);
  });

  it('are needed elsewhere than on loopback even when there are none', () => {
    const clientOf = createKeyGate(false);
    expect(() => clientOf({ authorization: 'Bearer x', apiKey: undefined }, [])).toThrow('the key is not one of this gateway');
    expect(() => clientOf({ authorization: undefined, apiKey: undefined }, [])).toThrow('this gateway needs a key');
  });
});

import { describe, expect, it } from 'vitest';
import { checkHost } from '../../../src/server/gates/hosts.js';
import { errorOf, testGateway } from '../../support/gateway.js';

describe('checkHost', () => {
  it.each([
    'localhost',
    'localhost:8000',
    'LOCALHOST:1',
    'localhost.',
    'mom.localhost:8000',
    '127.0.0.1',
    '127.0.0.1:8000',
    '127.5.6.7',
    '[::1]',
    '[::1]:8000',
    '[::ffff:127.0.0.1]:8000',
  ])('lets %s in', (host) => {
    expect(() => checkHost(host, [])).not.toThrow();
  });

  it.each([
    'evil.example',
    'evil.example:8000',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'evil-localhost',
    '128.0.0.1',
    '0.0.0.0:8000',
    '[::2]',
    'user@localhost',
    'localhost:8000:1',
    'localhost/x',
    'local host',
    '',
  ])('keeps %s out', (host) => {
    expect(() => checkHost(host, [])).toThrow(`this gateway does not answer to the host ${JSON.stringify(host)}`);
  });

  it('keeps a request without one out', () => {
    expect(() => checkHost(undefined, [])).toThrow('the request has no Host');
  });

  it('lets in what is named, with its port or without', () => {
    expect(() => checkHost('Box.example:8000', ['box.example'])).not.toThrow();
    expect(() => checkHost('box.example:8000', ['Box.example:8000'])).not.toThrow();
    expect(() => checkHost('box.example:9000', ['box.example:8000'])).toThrow('"box.example:9000"');
    expect(() => checkHost('a.box.example', ['box.example'])).toThrow('"a.box.example"');
  });
});

describe('the gateway', () => {
  const evil = { headers: { host: 'evil.example' } };

  it('answers 403 on loopback, on every path', async () => {
    const { ask, told } = testGateway();
    for (const path of ['/v1/models', '/healthz', '/nothing']) expect((await ask(path, evil)).status).toBe(403);
    expect(await errorOf(await ask('/v1/models', evil))).toEqual({
      message:
        'this gateway does not answer to the host "evil.example"; use 127.0.0.1 or localhost, or name the host in serve.allowed_hosts',
      type: 'invalid_request_error',
      param: null,
      code: 'forbidden',
    });
    expect(told.requests.at(-1)).toMatchObject({ client: null, status: 403, error: { code: 'forbidden' } });
  });

  it('answers to any name elsewhere', async () => {
    expect((await testGateway({ isLoopback: false }).ask('/healthz', evil)).status).toBe(200);
  });

  it('answers to names in allowed_hosts', async () => {
    expect((await testGateway({ serve: { allowedHosts: ['evil.example'] } }).ask('/v1/models', evil)).status).toBe(200);
  });
});

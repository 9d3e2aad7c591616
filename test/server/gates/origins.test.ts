import { describe, expect, it } from 'vitest';
import { errorOf, testGateway } from '../../support/gateway.js';

const PAGE = 'https://app.example';
const preflight = (origin: string, headers: Record<string, string> = {}) => ({
  method: 'OPTIONS',
  headers: { origin, 'access-control-request-method': 'POST', ...headers },
});

describe('origins', () => {
  it.each([PAGE, 'http://localhost:3000', 'http://127.0.0.1:8000', 'file://'])('keeps pages of %s out', async (origin) => {
    const { ask } = testGateway();
    const response = await ask('/v1/models', { headers: { origin } });
    expect(response.status).toBe(403);
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
    expect((await errorOf(response)).message).toBe(
      `web pages of "${origin}" may not use this gateway; name the origin in serve.cors_origins`,
    );
  });

  it('never lets null in', async () => {
    const response = await testGateway({ serve: { corsOrigins: ['null'] } }).ask('/v1/models', { headers: { origin: 'null' } });
    expect(response.status).toBe(403);
    expect((await errorOf(response)).message).toBe('web pages of "null" may not use this gateway; open the page from a server of its own');
  });

  it('lets pages of a named origin read the answer', async () => {
    const { ask } = testGateway({ serve: { corsOrigins: [PAGE] } });
    const response = await ask('/v1/models', { headers: { origin: PAGE } });
    expect(response.status).toBe(200);
    expect(response.headers.get('access-control-allow-origin')).toBe(PAGE);
    expect(response.headers.get('access-control-allow-credentials')).toBeNull();
    expect(response.headers.get('vary')).toBe('origin');
    expect(response.headers.get('access-control-expose-headers')).toContain('x-request-id');
  });

  it('lets them read what went wrong, too', async () => {
    const response = await testGateway({ serve: { corsOrigins: [PAGE] } }).ask('/v1/none', { headers: { origin: PAGE } });
    expect(response.status).toBe(404);
    expect(response.headers.get('access-control-allow-origin')).toBe(PAGE);
  });

  it.each(['https://app.example.evil.example', 'http://app.example', 'https://app.example:444', 'https://APP.example'])(
    'compares the whole origin: %s',
    async (origin) => {
      const { ask } = testGateway({ serve: { corsOrigins: [PAGE] } });
      expect((await ask('/v1/models', { headers: { origin } })).status).toBe(403);
      expect((await ask('/v1/chat/completions', preflight(origin))).status).toBe(403);
    },
  );

  it('answers the preflight of a named origin, without a key', async () => {
    const { ask } = testGateway({ serve: { corsOrigins: [PAGE], keys: [] } });
    const response = await ask(
      '/v1/chat/completions',
      preflight(PAGE, {
        'access-control-request-headers': 'authorization,content-type,x-stainless-os',
        'access-control-request-private-network': 'true',
      }),
    );
    expect(response.status).toBe(204);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'access-control-allow-origin': PAGE,
      'access-control-allow-methods': 'POST, OPTIONS',
      'access-control-allow-headers': 'authorization,content-type,x-stainless-os',
      'access-control-allow-private-network': 'true',
      'access-control-max-age': '600',
      vary: 'origin',
    });
  });

  it('never repeats what is no header name', async () => {
    const { ask } = testGateway({ serve: { corsOrigins: [PAGE] } });
    const response = await ask('/v1/chat/completions', preflight(PAGE, { 'access-control-request-headers': '*, <b>' }));
    expect(response.headers.get('access-control-allow-headers')).toBeNull();
  });
});

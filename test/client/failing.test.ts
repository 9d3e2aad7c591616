import { getEventListeners, once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { Clock } from '../../src/core/clock.js';
import { systemClock } from '../../src/core/clock.js';
import { ask, cleanup, client, data, delta, good, listen, sse, told, upstream } from './support.js';

/** A clock whose waits are noted and over at once; the call's own limit never comes. */
function hastyClock(): Clock & { waits: number[] } {
  const waits: number[] = [];
  return {
    ...systemClock,
    waits,
    after(ms, callback) {
      if (ms >= 9_000) return () => {};
      waits.push(ms);
      const now = setImmediate(callback);
      return () => clearImmediate(now);
    },
  };
}

const limitless = { connect: 1e6, first_event: 1e6, idle: 1e6, call: 1e6 };

describe('retries', () => {
  it('wait longer each time, with full jitter, and tell each restart', async () => {
    const up = await upstream((res, _seen, n) => (n < 3 ? res.writeHead(503).end('{"error":{"message":"busy"}}') : good(res)));
    const clock = hastyClock();
    const { events, error } = await told(client(up.url, {}, { clock, random: () => 0.5 }).call(ask({ timeouts: limitless })));
    expect(error).toBeNull();
    expect(clock.waits).toEqual([250, 500]);
    expect(events.filter((event) => event.type === 'attempt')).toHaveLength(3);
    expect(events).toContainEqual({
      type: 'restart',
      attempt: 1,
      delayMs: 250,
      error: {
        code: 'overloaded',
        message: 'up failed for openai/gpt-5 (503): busy',
        hint: 'try again later, or use another model',
        status: 503,
      },
    });
  });

  for (const [header, value, wait] of [
    ['retry-after', '2', 2_000],
    ['retry-after-ms', '1500', 1_500],
    ['retry-after', new Date(5_000).toUTCString(), 4_000],
  ] as const) {
    it(`honour ${header}: ${value}`, async () => {
      const up = await upstream((res, _seen, n) => (n === 1 ? res.writeHead(429, { [header]: value }).end('{}') : good(res)));
      const clock = { ...hastyClock(), date: () => new Date(1_000) };
      expect((await told(client(up.url, {}, { clock }).call(ask({ timeouts: limitless })))).error).toBeNull();
      expect(clock.waits).toEqual([wait]);
    });
  }

  it('are not waited for beyond the request’s bound or the call’s limit', async () => {
    const up = await upstream((res) => res.writeHead(429, { 'retry-after': '3' }).end('{"error":"slow"}'));
    const one = client(up.url);
    expect((await told(one.call(ask({ maxRetryAfter: 2_000 })))).error).toMatchObject({ code: 'rate_limited', retryAfterMs: 3_000 });
    expect((await told(one.call(ask({ timeouts: { call: 2_500 } })))).error?.code).toBe('rate_limited');
    expect(up.seen).toHaveLength(2);
  });

  it('follow a stream that broke, unless its text was shown', async () => {
    const up = await upstream((res, _seen, n) => {
      if (n === 1 || n === 3) res.writeHead(200, sse).write(delta('abc'), () => res.destroy());
      else good(res);
    });
    const one = client(up.url);
    const { events, error } = await told(one.call(ask()));
    expect(error).toBeNull();
    expect(events.map((event) => event.type)).toEqual([
      'attempt',
      'open',
      'model',
      'text',
      'restart',
      'attempt',
      'open',
      'model',
      'text',
      'finish',
    ]);
    const shown = await told(one.call(ask({ canRestart: () => false })));
    expect(shown.error).toMatchObject({
      code: 'stream_broken',
      message: 'the answer of openai/gpt-5 broke off after 3 characters: truncated',
    });
    expect(up.seen).toHaveLength(3);
  });
});

describe('a 400 that names a parameter', () => {
  it('is answered by a request with the other name of it, which is no retry', async () => {
    const message = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.";
    const up = await upstream((res, { body }) =>
      'max_tokens' in body ? res.writeHead(400).end(JSON.stringify({ error: { message, param: 'max_tokens' } })) : good(res),
    );
    const { events, error } = await told(client(up.url).call(ask({ retries: 0, params: { max_tokens: 9 } })));
    expect(error).toBeNull();
    expect(events.filter((event) => event.type === 'attempt')).toHaveLength(1);
    expect(events).toContainEqual({
      type: 'warning',
      code: 'parameter_dropped',
      message: 'up does not take max_tokens for openai/gpt-5: asked again with max_completion_tokens',
    });
    expect(up.seen.map(({ body }) => [body.max_tokens, body.max_completion_tokens])).toEqual([
      [9, undefined],
      [undefined, 9],
    ]);
  });

  it('is final when it comes again', async () => {
    const up = await upstream((res) => res.writeHead(400).end('{"error":{"message":"temperature is not supported"}}'));
    expect((await told(client(up.url).call(ask({ params: { temperature: 1 } })))).error?.code).toBe('request_refused');
    expect(up.seen.map(({ body }) => 'temperature' in body)).toEqual([true, false]);
  });

  it('drops stream_options for the provider from then on', async () => {
    const up = await upstream((res, { body }) =>
      'stream_options' in body ? res.writeHead(400).end('{"error":{"message":"unknown field stream_options"}}') : good(res),
    );
    const one = client(up.url);
    await told(one.call(ask()));
    expect((await told(one.call(ask()))).text).toBe('hi');
    expect(up.seen.map(({ body }) => 'stream_options' in body)).toEqual([true, false, false]);
  });
});

describe('limits', () => {
  it('first_event: comments and a role are no progress', async () => {
    const up = await upstream((res) => {
      res.writeHead(200, sse).write(`: hi\n\n${data({ choices: [{ delta: { role: 'assistant' } }] })}`);
      const timer = setInterval(() => res.write(': hi\n\n'), 5);
      res.on('close', () => clearInterval(timer));
    });
    const { error } = await told(client(up.url).call(ask({ timeouts: { first_event: 60 } })));
    expect(error).toMatchObject({
      code: 'timeout',
      message: 'openai/gpt-5 sent nothing for 60 ms (first_event limit)',
      hint: 'raise timeouts.first_event, or use a faster model',
    });
    expect(up.seen).toHaveLength(1);
  });

  it('idle: cuts the connection at once and is not retried', async () => {
    let closed = Number.POSITIVE_INFINITY;
    const up = await upstream((res) => {
      res.writeHead(200, sse).write(delta('abc'));
      res.on('close', () => {
        closed = performance.now();
      });
    });
    const { error, text } = await told(client(up.url).call(ask({ timeouts: { idle: 60 } })));
    expect(error).toMatchObject({ code: 'timeout', message: 'openai/gpt-5 sent nothing for 60 ms (idle limit)' });
    expect(text).toBe('abc');
    const failed = performance.now();
    await expect.poll(() => closed, { interval: 2 }).toBeLessThan(failed + 50);
    expect(up.seen).toHaveLength(1);
  });

  it('idle: a complete answer whose usage never comes is an answer', async () => {
    const up = await upstream((res) => res.writeHead(200, sse).write(delta('abc', 'stop')));
    expect(await told(client(up.url).call(ask({ timeouts: { idle: 40 } })))).toMatchObject({ text: 'abc', error: null });
  });

  it('call: bounds all retries', async () => {
    const up = await upstream((res) => {
      res.writeHead(200, sse);
      const timer = setInterval(() => res.write(delta('a')), 5);
      res.on('close', () => clearInterval(timer));
    });
    expect((await told(client(up.url).call(ask({ timeouts: { call: 80 } })))).error).toMatchObject({
      code: 'timeout',
      message: 'openai/gpt-5 was not done after 80 ms (call limit)',
      hint: 'raise timeouts.call (--model-timeout), or use a faster model',
    });
  });

  it('connect: a proxy that stays silent', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    cleanup(() => silent.close());
    const env = { HTTPS_PROXY: `http://127.0.0.1:${(silent.address() as AddressInfo).port}` };
    const { error } = await told(client('https://upstream.test/v1', {}, { env }).call(ask({ timeouts: { connect: 60 } })));
    expect(error).toMatchObject({ code: 'timeout', message: 'no connection to up for openai/gpt-5 within 60 ms (connect limit)' });
  });
});

describe('an abort', () => {
  it('is cancelled, not a failure, and closes the connection at once', async () => {
    let closed = Number.POSITIVE_INFINITY;
    const up = await upstream((res) => {
      res.writeHead(200, sse).write(delta('abc'));
      res.on('close', () => {
        closed = performance.now();
      });
    });
    const controller = new AbortController();
    let error: unknown;
    let at = 0;
    try {
      for await (const event of client(up.url).call(ask({ signal: controller.signal }))) {
        if (event.type !== 'text') continue;
        at = performance.now();
        controller.abort();
      }
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: 'cancelled', message: 'the call to openai/gpt-5 was cancelled' });
    await expect.poll(() => closed, { interval: 2 }).toBeLessThan(at + 50);
  });

  it('before the start sends nothing; while waiting for a retry it ends the wait', async () => {
    const up = await upstream((res) => res.writeHead(429, { 'retry-after': '30' }).end('{}'));
    const one = client(up.url);
    expect((await told(one.call(ask({ signal: AbortSignal.abort() })))).error?.code).toBe('cancelled');
    expect(up.seen).toHaveLength(0);
    const controller = new AbortController();
    const call = told(one.call(ask({ signal: controller.signal })));
    await expect.poll(() => up.seen.length).toBe(1);
    controller.abort();
    expect((await call).error?.code).toBe('cancelled');
  });

  it('by leaving the loop closes the connection too', async () => {
    let closed = false;
    const up = await upstream((res) => {
      res.writeHead(200, sse).write(delta('abc'));
      res.on('close', () => {
        closed = true;
      });
    });
    for await (const event of client(up.url).call(ask())) if (event.type === 'text') break;
    await expect.poll(() => closed, { interval: 2 }).toBe(true);
  });
});

describe('a proxy', () => {
  it('gets http requests in absolute form, and is left out for NO_PROXY and loopback', async () => {
    const urls: (string | undefined)[] = [];
    const port = await listen((req, res) => {
      urls.push(req.url, req.headers.host, req.headers['proxy-authorization']);
      req.resume();
      good(res, 'by proxy');
    });
    const env = { http_proxy: `http://me:pw@127.0.0.1:${port}`, NO_PROXY: 'exempt.test' };
    expect((await told(client('http://upstream.test/v1', {}, { env }).call(ask()))).text).toBe('by proxy');
    expect(urls).toEqual(['http://upstream.test/v1/chat/completions', 'upstream.test', `Basic ${Buffer.from('me:pw').toString('base64')}`]);
    const up = await upstream((res) => good(res, 'direct'));
    expect((await told(client(up.url, {}, { env }).call(ask()))).text).toBe('direct');
    expect((await told(client('http://exempt.test:1/v1', {}, { env }).call(ask({ retries: 0 })))).error?.code).toBe('connection_failed');
    expect(urls).toHaveLength(3);
  });

  it('is asked to CONNECT for https', async () => {
    let first = '';
    const proxy = createServer((socket) => {
      socket.once('data', (bytes) => {
        first = bytes.toString().split('\r\n')[0] ?? '';
        socket.end('HTTP/1.1 200 OK\r\n\r\n');
      });
    }).listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    cleanup(() => proxy.close());
    const env = { HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` };
    const { error } = await told(client('https://upstream.test/v1', {}, { env }).call(ask({ retries: 0 })));
    expect(first).toBe('CONNECT upstream.test:443 HTTP/1.1');
    expect(error?.code).toBe('connection_failed');
  });
});

describe('a bill', () => {
  it('is asked for until it is written', async () => {
    const up = await upstream((res, _seen, n) =>
      n === 1
        ? res.writeHead(404).end('{}')
        : res.writeHead(200).end('{"data":{"total_cost":0.5,"tokens_prompt":3,"tokens_completion":4}}'),
    );
    const one = client(up.url, { dialect: 'openrouter' }, { clock: hastyClock() });
    expect(await one.lookupBill('up', 'gen/1', new AbortController().signal)).toEqual({
      usage: { input_tokens: 3, output_tokens: 4, reasoning_tokens: 0, cached_input_tokens: 0 },
      cost: { usd: 0.5, source: 'reported' },
    });
    expect(up.seen[1]?.url).toBe('/v1/generation?id=gen%2F1');
    expect(await one.lookupBill('nobody', 'x', new AbortController().signal)).toBeNull();
    expect(await client('http://127.0.0.1:1/v1', { dialect: 'openrouter' }).lookupBill('up', 'x', new AbortController().signal)).toBeNull();
    expect(await client(up.url).lookupBill('up', 'x', new AbortController().signal)).toBeNull();
  });

  it('that never comes leaves nobody waiting at the run’s signal', async () => {
    const up = await upstream((res) => res.writeHead(404).end('{}'));
    const one = client(up.url, { dialect: 'openrouter' }, { clock: hastyClock() });
    const { signal } = new AbortController();
    expect(await Promise.all(Array.from({ length: 4 }, (_, i) => one.lookupBill('up', `gen-${i}`, signal)))).toEqual([
      null,
      null,
      null,
      null,
    ]);
    expect(up.seen).toHaveLength(20);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

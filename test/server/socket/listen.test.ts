import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { UnderlyingSource } from 'node:stream/web';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { AppOptions } from '../../../src/server/app.js';
import { CONNECTION, type ConnectionLimits } from '../../../src/server/limits.js';
import { type Listener, listen } from '../../../src/server/socket/listen.js';
import { type TestGatewayOptions, testGateway } from '../../support/gateway.js';
import { chatRequest, openWire } from '../../support/wire.js';

let listener: Listener | null = null;

afterEach(async () => {
  const stopped = listener?.stop();
  listener?.cut();
  await stopped;
  listener = null;
});

async function start(options: TestGatewayOptions & { limits?: Partial<ConnectionLimits> } = {}) {
  const limits = { ...CONNECTION, ...options.limits };
  const gateway = testGateway({ bodyTime: limits.body, ...options });
  listener = await listen({ host: '127.0.0.1', port: 0, fetch: gateway.app.fetch, limits });
  return { ...gateway, listener };
}

/** A chat endpoint that never answers, or streams for ever, and tells when its signal aborts. */
function endless(isStream: boolean) {
  const aborted: { at: number; reason: unknown }[] = [];
  let tell = () => {};
  const gone = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const chat: AppOptions['chat'] = async (c) => {
    const { scope } = c.var;
    const left = new Promise<void>((resolve) => {
      scope.signal.addEventListener('abort', () => {
        aborted.push({ at: performance.now(), reason: scope.signal.reason });
        tell();
        resolve();
      });
    });
    if (!isStream) {
      await left;
      return c.json({});
    }
    scope.streams = true;
    void left.then(() => scope.finish());
    return new Response(new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode('data: 1\n\n')) }), {
      headers: { 'content-type': 'text/event-stream' },
    });
  };
  return { chat, aborted, gone };
}

describe('a client that goes away', () => {
  it.each([
    ['waits for its answer', false],
    ['reads a stream', true],
  ])('while it %s is known at once', async (_name, isStream) => {
    const { chat, aborted, gone } = endless(isStream);
    const { listener, app, told } = await start({ chat });
    const wire = await openWire(listener.port);
    wire.send(...chatRequest('{}'));
    if (isStream) await wire.until('data: 1');
    else while (app.requests.count() === 0) await new Promise((resolve) => setImmediate(resolve));
    const left = performance.now();
    wire.socket.destroy();
    await gone;
    await app.requests.idle();
    expect(aborted).toHaveLength(1);
    expect(aborted[0]!.at - left).toBeLessThan(100);
    expect(aborted[0]!.reason).toMatchObject({ code: 'cancelled', message: 'the client went away' });
    if (!isStream) expect(told.requests[0]?.status).toBe(499);
  });

  it('is one that closes its half, too: nobody can tell the two apart', async () => {
    const { chat, gone } = endless(true);
    const { listener } = await start({ chat });
    const wire = await openWire(listener.port, true);
    wire.send(...chatRequest('{}'));
    await wire.until('data: 1');
    wire.socket.end();
    await gone;
  });

  it('is not one whose connection is kept: the second request on it is aborted, the first was not', async () => {
    const { chat: never, aborted, gone } = endless(true);
    let count = 0;
    const { listener } = await start({
      chat: async (c, body) => {
        count += 1;
        return count === 1 ? c.json({ first: true }) : never(c, body);
      },
    });
    const wire = await openWire(listener.port);
    wire.send(...chatRequest('{}'));
    await wire.until('{"first":true}');
    wire.send(...chatRequest('{}'));
    await wire.until('data: 1');
    expect(aborted).toHaveLength(0);
    wire.socket.destroy();
    await gone;
    expect(aborted).toHaveLength(1);
  });

  it('while it sends its request is a 499', async () => {
    const { listener, app, told } = await start();
    const wire = await openWire(listener.port);
    wire.send(
      'POST /v1/chat/completions HTTP/1.1',
      'host: localhost',
      'content-type: application/json',
      'content-length: 100',
      '',
      '{"a":',
    );
    while (app.requests.count() === 0) await new Promise((resolve) => setImmediate(resolve));
    wire.socket.destroy();
    await app.requests.idle();
    expect(told.requests[0]).toMatchObject({ status: 499, error: { code: 'cancelled' } });
  });
});

describe('a stream', () => {
  const stream = (source: UnderlyingSource<Uint8Array>): AppOptions['chat'] => {
    return async (c) => {
      c.var.scope.streams = true;
      return new Response(new ReadableStream(source), { headers: { 'content-type': 'text/event-stream' } });
    };
  };

  it('that breaks closes the connection without a word and prints nothing', async () => {
    const printed = (['error', 'info', 'log'] as const).map((name) => vi.spyOn(console, name).mockImplementation(() => {}));
    let breakIt = () => {};
    const { listener } = await start({
      chat: stream({
        start(controller) {
          controller.enqueue(Buffer.from('data: 1\n\n'));
          breakIt = () => controller.error(new Error('canary'));
        },
      }),
    });
    const wire = await openWire(listener.port);
    wire.send(...chatRequest('{}'));
    await wire.until('data: 1');
    breakIt();
    const answer = await wire.end();
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(answer).not.toContain('canary');
    // A chunked body ends with a chunk of length 0.
    expect(answer.endsWith('0\r\n\r\n')).toBe(false);
    for (const spy of printed) {
      expect(spy).not.toHaveBeenCalled();
      spy.mockRestore();
    }
  });

  it('is asked for no more than the client reads, and told when it goes', async () => {
    let pulls = 0;
    let tell = () => {};
    const cancelled = new Promise<void>((resolve) => {
      tell = resolve;
    });
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    const { listener } = await start({
      chat: stream({
        pull(controller) {
          pulls += 1;
          controller.enqueue(chunk);
        },
        cancel: () => tell(),
      }),
    });
    const wire = await openWire(listener.port);
    wire.socket.pause();
    wire.send(...chatRequest('{}'));
    let before = -1;
    // The buffers of the system are full when nothing more is taken for a while.
    while (pulls === 0 || pulls !== before) {
      before = pulls;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(pulls).toBeLessThan(64);
    wire.socket.destroy();
    await cancelled;
  });

  it('keeps its characters and its headers', async () => {
    const parts = ['data: é', '漢字 🙂\n\n', 'data: [DONE]\n\n'];
    const { listener } = await start({
      chat: stream({
        pull(controller) {
          const part = parts.shift();
          if (part === undefined) controller.close();
          else controller.enqueue(Buffer.from(part));
        },
      }),
    });
    const response = await fetch(`${listener.url}/chat/completions`, {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json', 'x-request-id': 'mine' },
    });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(response.headers.get('x-request-id')).toBe('mine');
    expect(await response.text()).toBe('data: é漢字 🙂\n\ndata: [DONE]\n\n');
  });
});

describe('large bodies', () => {
  const maxBody = 64 * 1024;

  it('are refused before they are sent, where the client asks first', async () => {
    const { listener } = await start({ serve: { maxBody } });
    const wire = await openWire(listener.port);
    wire.send(
      'POST /v1/chat/completions HTTP/1.1',
      'host: localhost',
      'content-type: application/json',
      `content-length: ${maxBody + 1}`,
      'expect: 100-continue',
      'connection: close',
      '',
      '',
    );
    const answer = await wire.end();
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).not.toContain('100 Continue');
  });

  it('are asked for where they are allowed', async () => {
    const { listener } = await start({ serve: { maxBody } });
    const wire = await openWire(listener.port);
    wire.send(
      'POST /v1/chat/completions HTTP/1.1',
      'host: localhost',
      'content-type: application/json',
      'content-length: 7',
      'expect: 100-continue',
      '',
      '',
    );
    await wire.until('HTTP/1.1 100 Continue');
    wire.send('{"a":1}');
    expect(await wire.until('{"client":"local","body":{"a":1}}')).toContain('HTTP/1.1 200');
  });

  it.each([
    ['by their length', 'content-length: 50000000'],
    ['by counting', 'transfer-encoding: chunked'],
  ])('are refused %s while the client still sends, and it learns why', async (_name, header) => {
    const { listener } = await start({ serve: { maxBody } });
    const wire = await openWire(listener.port);
    wire.send('POST /v1/chat/completions HTTP/1.1', 'host: localhost', 'content-type: application/json', header, '', '');
    if (header.startsWith('transfer')) wire.send('20000', 'x'.repeat(0x20000), '');
    else wire.send('x'.repeat(200_000));
    expect(await wire.until('request_too_large')).toMatch(/^HTTP\/1\.1 413 /);
    await wire.end();
  });
});

describe('overload', () => {
  it('is answered at once, before the body is there, and only while it lasts', async () => {
    let answer = () => {};
    const { listener, app } = await start({
      serve: { maxInFlight: 1 },
      chat: (c) =>
        new Promise((resolve) => {
          answer = () => resolve(c.json({ first: true }));
        }),
    });
    const first = await openWire(listener.port);
    first.send(...chatRequest('{}'));
    while (app.requests.count() === 0) await new Promise((resolve) => setImmediate(resolve));
    const times: number[] = [];
    for (let n = 0; n < 5; n++) {
      const other = await openWire(listener.port);
      const sent = performance.now();
      other.send('POST /v1/chat/completions HTTP/1.1', 'host: localhost', 'content-type: application/json', 'content-length: 9', '', '');
      const refused = await other.until('"code":"overloaded"');
      times.push(performance.now() - sent);
      expect(refused).toMatch(/^HTTP\/1\.1 503 /);
      expect(refused).toContain('retry-after: 1\r\n');
      other.socket.destroy();
    }
    // The machine may be busy with something else now and then.
    expect(Math.min(...times)).toBeLessThan(50);
    answer();
    await first.until('{"first":true}');
  });
});

describe('slow clients', () => {
  it('get so long for the body', async () => {
    const { listener } = await start({ limits: { body: 50 } });
    const wire = await openWire(listener.port);
    wire.send('POST /v1/chat/completions HTTP/1.1', 'host: localhost', 'content-type: application/json', 'content-length: 100', '', '{');
    expect(await wire.until('the body was not there after 0.05 s')).toMatch(/^HTTP\/1\.1 408 /);
    await wire.end();
  });

  it('get so long for the head', async () => {
    const { listener } = await start({ limits: { head: 50, check: 10 } });
    const wire = await openWire(listener.port);
    wire.send('POST /v1/chat/completions HTTP/1.1', 'host: localhost', '');
    expect(await wire.end()).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('may wait for their answer as long as it takes', async () => {
    const limits = { head: 30, body: 30, idle: 30, check: 10 };
    let answer = () => {};
    const { listener, app } = await start({
      limits,
      chat: (c) => new Promise((resolve) => (answer = () => resolve(c.json({ late: true })))),
    });
    const wire = await openWire(listener.port);
    wire.send(...chatRequest('{}'));
    while (app.requests.count() === 0) await new Promise((resolve) => setImmediate(resolve));
    const idle = await openWire(listener.port);
    // By then the limits, all of them shorter, have passed for a client that says nothing.
    await idle.end();
    answer();
    expect(await wire.until('{"late":true}')).toContain('HTTP/1.1 200');
  });
});

describe('broken requests', () => {
  it('are a plain 400', async () => {
    const { listener } = await start();
    const wire = await openWire(listener.port);
    wire.send('this is not HTTP', '', '');
    expect(await wire.end()).toBe('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
  });

  it('with a head without end are a 431', async () => {
    const { listener } = await start();
    const wire = await openWire(listener.port);
    wire.send('GET /healthz HTTP/1.1', 'host: localhost', `x-long: ${'x'.repeat(20_000)}`, '', '');
    expect(await wire.end()).toMatch(/^HTTP\/1\.1 431 /);
  });

  it('without a host are refused', async () => {
    const { listener } = await start();
    const wire = await openWire(listener.port);
    wire.send('GET /v1/models HTTP/1.0', '', '');
    expect(await wire.end()).toMatch(/^HTTP\/1\.1 403 /);
  });
});

describe('places to listen', () => {
  it('are told with their port', async () => {
    const { listener } = await start();
    expect(listener.port).toBeGreaterThan(0);
    expect(listener.url).toBe(`http://127.0.0.1:${listener.port}/v1`);
  });

  it.each(['::1', '[::1]'])('may be IPv6: %s', async (host) => {
    const { app } = testGateway();
    listener = await listen({ host, port: 0, fetch: app.fetch });
    expect(listener.url).toBe(`http://[::1]:${listener.port}/v1`);
    expect((await fetch(listener.url.replace('/v1', '/healthz'))).status).toBe(200);
  });

  it('are taken', async () => {
    const other: Server = createServer();
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { app } = testGateway();
    await expect(listen({ host: '127.0.0.1', port, fetch: app.fetch })).rejects.toMatchObject({
      code: 'usage',
      message: `mom serve can't listen on 127.0.0.1:${port}: the port is in use`,
      hint: 'stop what listens there, or choose another with --port (0 picks a free one)',
    });
    other.close();
  });

  it('are not of this machine', async () => {
    const { app } = testGateway();
    await expect(listen({ host: '192.0.2.1', port: 0, fetch: app.fetch })).rejects.toMatchObject({
      code: 'usage',
      message: "mom serve can't listen on 192.0.2.1:0: this machine does not have that address",
      hint: 'use 127.0.0.1, 0.0.0.0 or an address of this machine',
    });
  });
});

import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createBreakers } from '../../../src/client/failing/breaker.js';
import { BREAKER } from '../../../src/core/limits.js';
import { ask, client, delta, good, sse, stillClock, told, upstream } from '../support.js';

const once = { retries: 0 };
const down = (res: ServerResponse) => void res.writeHead(500).end('{"error":{"message":"down"}}');

async function failing(handler: (res: ServerResponse, n: number) => void) {
  const clock = stillClock();
  const breakers = createBreakers({ clock });
  const up = await upstream((res, _seen, n) => handler(res, n));
  const one = client(up.url, {}, { breakers });
  for (let n = 0; n < BREAKER.failures; n++) await told(one.call(ask(once)));
  return { up, one, pass: clock.pass, breakers };
}

describe('a model that fails again and again', () => {
  it('is left alone after 5 failures in a row, and nobody is asked', async () => {
    const { up, one, pass, breakers } = await failing(down);
    expect(up.seen).toHaveLength(5);
    pass(7_000);
    const { error, events } = await told(one.call(ask()));
    expect(error).toMatchObject({
      code: 'overloaded',
      message: 'openai/gpt-5 at up is left alone after 5 failures in a row',
      hint: 'it is tried again in 23 s; use another model until then',
      retryAfterMs: 23_000,
    });
    expect(events).toEqual([]);
    expect(up.seen).toHaveLength(5);
    expect(breakers.states()).toEqual([{ provider: 'up', model: 'openai/gpt-5', state: 'open' }]);
  });

  it('is tried once after the pause, by one call only, and asked again when that went well', async () => {
    const held: ServerResponse[] = [];
    const { up, one, pass, breakers } = await failing((res, n) => (n <= 5 ? down(res) : n === 6 ? void held.push(res) : good(res)));
    pass(BREAKER.pause);
    expect(breakers.states()[0]?.state).toBe('half-open');
    const trial = told(one.call(ask(once)));
    await expect.poll(() => held.length).toBe(1);
    expect((await told(one.call(ask(once)))).error).toMatchObject({
      code: 'overloaded',
      hint: 'it is being tried again now; use another model until then',
      retryAfterMs: 1_000,
    });
    expect(up.seen).toHaveLength(6);
    for (const res of held) good(res);
    expect((await trial).error).toBeNull();
    expect(breakers.states()[0]?.state).toBe('closed');
    expect((await told(one.call(ask(once)))).text).toBe('hi');
  });

  it('is left alone again when the trial fails', async () => {
    const { up, one, pass, breakers } = await failing(down);
    pass(BREAKER.pause);
    expect((await told(one.call(ask(once)))).error?.code).toBe('provider_error');
    expect(breakers.states()[0]?.state).toBe('open');
    pass(BREAKER.pause - 1);
    expect((await told(one.call(ask(once)))).error?.code).toBe('overloaded');
    expect(up.seen).toHaveLength(6);
    pass(1);
    await told(one.call(ask(once)));
    expect(up.seen).toHaveLength(7);
  });

  it.each(['signal', 'loop'])('is tried again at once when nobody waited for the trial (%s)', async (how) => {
    const { up, one, pass, breakers } = await failing((res, n) => {
      if (n === 6) res.writeHead(200, sse).write(delta('abc'));
      else if (n === 7) good(res);
      else down(res);
    });
    pass(BREAKER.pause);
    const controller = new AbortController();
    try {
      for await (const event of one.call(ask({ signal: controller.signal }))) {
        if (event.type !== 'text') continue;
        if (how === 'loop') break;
        controller.abort();
      }
    } catch {
      // The cut call says so.
    }
    await expect.poll(() => breakers.states()[0]?.state).toBe('half-open');
    expect((await told(one.call(ask(once)))).text).toBe('hi');
    expect(up.seen).toHaveLength(7);
    expect(breakers.states()[0]?.state).toBe('closed');
  });

  it('does not depend on the date', async () => {
    const { one, pass } = await failing((res, n) => (n <= 5 ? down(res) : good(res)));
    const real = Date.now;
    try {
      Date.now = () => real() - 3_600_000;
      pass(BREAKER.pause);
      expect((await told(one.call(ask(once)))).text).toBe('hi');
      Date.now = () => real() + 3_600_000;
      expect((await told(one.call(ask(once)))).text).toBe('hi');
    } finally {
      Date.now = real;
    }
  });

  it('does not take others with it, and outlives the client', async () => {
    const { up, one, breakers } = await failing((res, n) => (n <= 5 ? down(res) : good(res)));
    expect((await told(one.call(ask({ model: 'other' })))).text).toBe('hi');
    const next = client(up.url, {}, { breakers });
    expect((await told(next.call(ask()))).error?.message).toBe('openai/gpt-5 at up is left alone after 5 failures in a row');
    expect((await told(client(up.url).call(ask()))).text).toBe('hi');
    expect(breakers.states()).toEqual([
      { provider: 'up', model: 'openai/gpt-5', state: 'open' },
      { provider: 'up', model: 'other', state: 'closed' },
    ]);
  });
});

describe('what counts as a failure', () => {
  const body = (message: string) => JSON.stringify({ error: { message } });
  const counted: [string, (res: ServerResponse) => void][] = [
    ['500', down],
    ['503', (res) => void res.writeHead(503).end('{}')],
    ['a 408', (res) => void res.writeHead(408).end('{}')],
    ['a broken stream', (res) => void res.writeHead(200, sse).end(delta('abc'))],
    ['HTML', (res) => void res.writeHead(200, { 'content-type': 'text/html' }).end('<html>')],
    ['an empty answer', (res) => void res.writeHead(200, sse).end(delta('', 'stop'))],
    ['a closed connection', (res) => void res.destroy()],
  ];
  it.each(counted)('%s does', async (_, handler) => {
    const { breakers } = await failing(handler);
    expect(breakers.states()[0]?.state).toBe('open');
  });

  it('a call that ran into its limit does', async () => {
    const breakers = createBreakers();
    const up = await upstream(() => {});
    const one = client(up.url, {}, { breakers });
    await Promise.all(Array.from({ length: 5 }, () => told(one.call(ask({ timeouts: { first_event: 20 } })))));
    expect(breakers.states()[0]?.state).toBe('open');
  });

  const spared: [string, (res: ServerResponse) => void][] = [
    ['400', (res) => void res.writeHead(400).end(body('no'))],
    ['a request that is too long', (res) => void res.writeHead(400).end(body('prompt is too long'))],
    ['401', (res) => void res.writeHead(401).end(body('no'))],
    ['402', (res) => void res.writeHead(402).end(body('no'))],
    ['404', (res) => void res.writeHead(404).end(body('no'))],
    ['429', (res) => void res.writeHead(429).end(body('no'))],
    ['a content filter', (res) => void res.writeHead(200, sse).end(delta('abc', 'content_filter'))],
  ];
  it.each(spared)('%s does not', async (_, handler) => {
    const { breakers, up } = await failing(handler);
    expect(up.seen).toHaveLength(5);
    expect(breakers.states()[0]?.state).toBe('closed');
  });

  it('a call counts once with all its retries, and a success begins the count anew', async () => {
    const breakers = createBreakers();
    const up = await upstream((res, _seen, n) => (n === 13 ? good(res) : void res.writeHead(503, { 'retry-after-ms': '0' }).end('{}')));
    const one = client(up.url, {}, { breakers });
    for (let n = 0; n < 4; n++) await told(one.call(ask()));
    expect(up.seen).toHaveLength(12);
    expect((await told(one.call(ask()))).error).toBeNull();
    for (let n = 0; n < 4; n++) await told(one.call(ask()));
    expect(breakers.states()[0]?.state).toBe('closed');
    await told(one.call(ask()));
    expect(breakers.states()[0]?.state).toBe('open');
  });

  it('remembers a bounded number of models', async () => {
    const breakers = createBreakers();
    const call = breakers.guard(async function* none() {});
    for (let n = 0; n < 1_500; n++) for await (const _ of call(ask({ model: `m${n}` })));
    expect(breakers.states()).toHaveLength(1_000);
  });
});

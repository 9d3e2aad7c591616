import { describe, expect, it } from 'vitest';
import { errorOf, serveKey, testGateway } from '../../support/gateway.js';

/** A chat endpoint that answers when it is told to. */
function waitingRoom() {
  const waiting: (() => void)[] = [];
  const chat = () => new Promise<Response>((resolve) => waiting.push(() => resolve(new Response('{}'))));
  const holds = async (count: number) => {
    while (waiting.length < count) await new Promise((resolve) => setImmediate(resolve));
  };
  const letGo = () => {
    for (const go of waiting.splice(0)) go();
  };
  return { chat, holds, letGo };
}

describe('requests a minute', () => {
  it('are counted by client, and told', async () => {
    const { chat } = testGateway({ serve: { requestsPerMinute: 2 } });
    const first = await chat();
    expect(first.status).toBe(200);
    expect(first.headers.get('x-ratelimit-limit-requests')).toBe('2');
    expect(first.headers.get('x-ratelimit-remaining-requests')).toBe('1');
    expect(first.headers.get('x-ratelimit-reset-requests')).toBe('60s');
    expect((await chat()).status).toBe(200);
    const third = await chat();
    expect(third.status).toBe(429);
    expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(55);
    expect(third.headers.get('x-ratelimit-remaining-requests')).toBe('0');
    expect(await errorOf(third)).toMatchObject({
      message: expect.stringMatching(/^more than 2 requests a minute; wait (59|60) s, or raise requests_per_minute$/),
      type: 'rate_limit_error',
      code: 'rate_limit_exceeded',
    });
  });

  it('are those of a key where it has its own', async () => {
    const keys = [serveKey('ann', 'secret-of-ann', { requestsPerMinute: 1 }), serveKey('bob', 'secret-of-bob')];
    const { chat } = testGateway({ serve: { requestsPerMinute: 5, keys } });
    const ann = { 'x-api-key': 'secret-of-ann' };
    expect((await chat('{}', ann)).status).toBe(200);
    expect((await chat('{}', ann)).status).toBe(429);
    const bob = await chat('{}', { 'x-api-key': 'secret-of-bob' });
    expect(bob.headers.get('x-ratelimit-remaining-requests')).toBe('4');
  });

  it('count no lists of models', async () => {
    const { ask, chat } = testGateway({ serve: { requestsPerMinute: 1 } });
    for (let n = 0; n < 3; n++) expect((await ask('/v1/models')).status).toBe(200);
    expect((await chat()).status).toBe(200);
  });
});

describe('requests at once', () => {
  it('of one client', async () => {
    const room = waitingRoom();
    const gateway = testGateway({ serve: { concurrency: 1 }, chat: room.chat });
    const first = gateway.chat();
    await room.holds(1);
    const second = await gateway.chat();
    expect(second.status).toBe(429);
    expect(second.headers.get('retry-after')).toBe('1');
    expect((await errorOf(second)).message).toBe(
      '1 request of this client is under way, as many as it may have; wait for one of them, or raise its concurrency',
    );
    room.letGo();
    expect((await first).status).toBe(200);
    const third = gateway.chat();
    await room.holds(1);
    room.letGo();
    expect((await third).status).toBe(200);
  });

  it('of all clients, told before the body is read', async () => {
    const room = waitingRoom();
    const gateway = testGateway({ serve: { maxInFlight: 2 }, chat: room.chat });
    const both = [gateway.chat(), gateway.chat()];
    await room.holds(2);
    const read: true[] = [];
    const body = new ReadableStream({ pull: () => void read.push(true) }, { highWaterMark: 0 });
    const headers = { 'content-type': 'application/json' };
    const third = await gateway.ask('/v1/chat/completions', { method: 'POST', body, headers, duplex: 'half' } as RequestInit);
    expect(third.status).toBe(503);
    expect(third.headers.get('retry-after')).toBe('1');
    expect(read).toEqual([]);
    expect(await errorOf(third)).toEqual({
      message: 'mom has 2 requests under way and takes no more; try again in a moment, or raise serve.max_in_flight',
      type: 'server_error',
      param: null,
      code: 'overloaded',
    });
    room.letGo();
    await Promise.all(both);
    expect(gateway.app.requests.count()).toBe(0);
  });

  it('free their place when they were refused', async () => {
    const { chat } = testGateway({ serve: { maxInFlight: 1, concurrency: 1 } });
    expect((await chat('no json')).status).toBe(400);
    expect((await chat()).status).toBe(200);
  });
});

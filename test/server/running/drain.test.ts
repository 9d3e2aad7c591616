import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { ServeSettings } from '../../../src/config/wishes.js';
import { systemClock } from '../../../src/core/clock.js';
import type { AppOptions } from '../../../src/server/app.js';
import { errorBody } from '../../../src/server/errors.js';
import { drain } from '../../../src/server/running/drain.js';
import { createReloader } from '../../../src/server/running/reload.js';
import { listen } from '../../../src/server/socket/listen.js';
import { fakeObservers, testGateway } from '../../support/gateway.js';
import { chatRequest, openWire } from '../../support/wire.js';

async function start(chat: AppOptions['chat'], serve: Partial<ServeSettings> = {}) {
  const { app, holder } = testGateway({ chat, serve });
  const { log, told } = fakeObservers();
  const clock = systemClock;
  const listener = await listen({ host: '127.0.0.1', port: 0, fetch: app.fetch });
  const reloader = createReloader({ holder, open: async () => holder.current(), accept() {}, log, clock });
  const service = holder.current() as unknown as { closed: number };
  return { app, port: listener.port, told, service, drain: () => drain({ app, listener, reloader, holder, log, clock }) };
}

/** Answers when it is told to. */
function patient() {
  const answers: (() => void)[] = [];
  const chat: AppOptions['chat'] = (c) => new Promise((resolve) => answers.push(() => resolve(c.json({ late: true }))));
  const asked = async () => {
    while (answers.length === 0) await new Promise((resolve) => setImmediate(resolve));
  };
  return { chat, answers, asked };
}

describe('drain', () => {
  it('ends at once when nothing is under way, idle connections and silent ones included', async () => {
    const { port, drain, service } = await start(async (c) => c.json({}));
    const idle = await openWire(port);
    idle.send(...chatRequest('{}'));
    await idle.until('{}');
    const silent = await openWire(port);
    const before = performance.now();
    await drain();
    expect(performance.now() - before).toBeLessThan(1_000);
    await Promise.all([idle.end(), silent.end()]);
    expect(service.closed).toBe(1);
  });

  it('waits for answers under way and loses none, while new requests are turned away', async () => {
    const { chat, answers, asked } = patient();
    const { port, drain, service, told } = await start(chat);
    const wire = await openWire(port);
    wire.send(...chatRequest('{}'));
    await asked();
    let isOver = false;
    const drained = drain().then(() => {
      isOver = true;
    });
    await expect(openWire(port)).rejects.toThrow('ECONNREFUSED');
    expect([isOver, service.closed]).toEqual([false, 0]);
    answers[0]!();
    const answer = await wire.end();
    expect(answer).toContain('{"late":true}');
    expect(answer.toLowerCase()).toContain('connection: close');
    await drained;
    expect(service.closed).toBe(1);
    expect(told.warnings).toEqual([]);
  });

  it('answers a request that was on its way on a connection that is kept', async () => {
    const { port, drain } = await start(async (c) => c.json({}));
    const wire = await openWire(port);
    wire.send(...chatRequest('{}'));
    await wire.until('{}');
    const drained = drain();
    wire.send(...chatRequest('{}'));
    const answer = await wire.end();
    expect(answer).toContain('HTTP/1.1 503 ');
    expect(answer).toContain('mom is stopping and takes no new requests');
    await drained;
  });

  it('waits until a long answer has been read', async () => {
    const long = 'x'.repeat(20 * 1024 * 1024);
    const { port, drain } = await start(async (c) => c.text(long));
    const headers = { 'content-type': 'application/json' };
    const asking = request({ port, host: '127.0.0.1', path: '/v1/chat/completions', method: 'POST', headers, agent: new Agent() });
    asking.end('{}');
    const [response] = await once(asking, 'response');
    const drained = drain();
    let length = 0;
    for await (const chunk of response) length += (chunk as Buffer).length;
    await drained;
    expect(length).toBe(long.length);
  });

  it('tells what is left after its time that mom stops, and closes it', async () => {
    const { port, drain, told, service } = await start(
      async (c) => {
        const { scope } = c.var;
        const encoder = new TextEncoder();
        scope.streams = true;
        const body = new ReadableStream({
          start(controller) {
            controller.enqueue(encoder.encode('data: 1\n\n'));
            scope.signal.addEventListener('abort', () => {
              controller.enqueue(encoder.encode(`data: ${JSON.stringify(errorBody(scope.signal.reason))}\n\n`));
              controller.close();
              scope.finish();
            });
          },
        });
        return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
      },
      { drain: 30 },
    );
    const wire = await openWire(port);
    wire.send(...chatRequest('{}'));
    await wire.until('data: 1');
    await drain();
    expect(await wire.end()).toContain('"message":"mom is stopping; ask again in a moment"');
    expect(told.warnings).toEqual(['stopping: 1 request is cut after 0.03 s']);
    expect(service.closed).toBe(1);
  });
});

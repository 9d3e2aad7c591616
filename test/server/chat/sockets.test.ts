import type { Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { mixture } from '../../support/mixture.js';
import type { Step } from '../../support/scripted-client.js';
import { QUESTION, world } from './support.js';

const single = mixture([], ['c'], { strategy: 'single' });
const open: Server[] = [];

afterEach(() => {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  vi.restoreAllMocks();
});

/** A gateway at a real socket, whose model says something and then nothing more. */
async function listening(script: Step[]) {
  const loud = [vi.spyOn(console, 'error'), vi.spyOn(console, 'info')];
  const ended: string[] = [];
  const made = world({
    mixture: single,
    scripts: { c: script },
    onEvent: (event) => event.type === 'run.end' && ended.push(event.result.status),
  });
  const server = createAdaptorServer({ fetch: (request, env) => made.handle(request, env) }) as Server;
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  const body = JSON.stringify({ ...QUESTION, stream: true });
  socket.write(
    `POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
  return { ...made, socket, closed, ended, loud: () => loud.flatMap((spy) => spy.mock.calls) };
}

/** Until something holds, looked at in every turn of the event loop. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

describe('a stream at a socket', () => {
  it('ends its run at once when the client hangs up, without a word on the console', async () => {
    const { socket, client, ended, loud } = await listening([{ type: 'text', text: 'It is' }, { hang: true }]);
    let text = '';
    socket.on('data', (data) => {
      text += data;
    });
    await until(() => text.includes('It is'));
    const left = performance.now();
    socket.destroy();
    await until(() => ended.length > 0);
    expect(performance.now() - left).toBeLessThan(250);
    expect(client.aborted).toEqual(['c']);
    expect(ended).toEqual(['cancelled']);
    await new Promise((resolve) => setImmediate(() => setImmediate(() => setImmediate(resolve))));
    expect(loud()).toEqual([]);
  });

  it('hangs up on a client that does not read', async () => {
    const flood: Step[] = Array.from({ length: 40 }, () => ({ type: 'text', text: 'x'.repeat(1024 * 1024) }));
    const { socket, client, clock, closed, ended, loud } = await listening([...flood, { hang: true }]);
    socket.pause();
    await until(() => client.requests.length > 0);
    await clock.play(until(() => ended.length > 0));
    expect(ended).toEqual(['cancelled']);
    expect(clock.now()).toBeLessThan(70_000);
    socket.resume();
    await closed;
    expect(loud()).toEqual([]);
  });
});

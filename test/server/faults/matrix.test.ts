import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { usdText } from '../../../src/server/chat/answer.js';
import { logLines } from '../../support/serve-cli.js';
import { type Seen, see } from './client.js';
import { type House, openHouse, until } from './gateway.js';
import { GROUPS, HUGE, ONE, type Outcome, type Price, type Row, type Sees } from './rows.js';
import { upstreamTables } from './table.js';
import { breakOff, type Misdeed } from './upstream.js';

const STREAM = { 'content-type': 'text/event-stream' };

function chunk(delta: object, finish_reason: string | null): string {
  return `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
}

function say(response: ServerResponse, delta: object, finish = 'stop'): void {
  response.writeHead(200, STREAM).end(`${chunk(delta, null)}${chunk({}, finish)}data: [DONE]\n\n`);
}

/** What is asked for by a repair holds what was wrong. */
function isRepair({ messages }: { messages: { content: string }[] }): boolean {
  return messages.some(({ content }) => content.includes('forty two'));
}

const models: Record<string, Misdeed> = {
  html502: (response) => void response.writeHead(502, { 'content-type': 'text/html' }).end('<html><h1>502 Bad Gateway</h1></html>'),
  hangup: (response) => breakOff(response),
  babble: (response) => breakOff(response, '220 mail.example.org ESMTP\r\n'),
  garbage: (response) => void response.writeHead(200, STREAM).end('data: {"choices": [{\n\n'),
  endless: (response) => {
    const more = () => void response.write('x'.repeat(1024 * 1024), (error) => error || more());
    response.writeHead(200, STREAM).write('data: ');
    more();
  },
  halfcall: (response) =>
    say(
      response,
      { tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'read', arguments: '{"path":' } }] },
      'tool_calls',
    ),
  misfit: (response, body) => say(response, { content: isRepair(body) ? ONE : 'forty two' }),
  unrepaired: (response, body) =>
    isRepair(body)
      ? void response.writeHead(200, STREAM).write(chunk({ content: '{"n"' }, null), () => breakOff(response))
      : say(response, { content: 'forty two' }),
};

const rows = GROUPS.flatMap((group) => group.rows);
const nameOf = (row: Row) => `row-${rows.indexOf(row)}`;
let house: House;

beforeAll(async () => {
  house = await openHouse({ mixtures: Object.fromEntries(rows.map((row, i) => [nameOf(row), own(row, i)])), models });
});

afterAll(() => house?.close());

/** Every row has models of its own: no breaker sees what happened in another. */
function own({ mixture: { proposers, critic, ...rest } }: Row, i: number) {
  let n = 100 * i;
  const entry = (each: string | { model: string }): unknown => {
    if (typeof each !== 'string') return { ...each, model: entry(each.model) };
    n += 1;
    return each.startsWith('sandbox/') ? `${each},context=${100_000 + n}` : `${each}/${n}`;
  };
  return { strategy: 'fuse', ...rest, proposers: (proposers as string[]).map(entry), critic: (critic as string[]).map(entry) };
}

describe.each(GROUPS)('$title', ({ rows }) => {
  // What a cut call cost is asked for during half a second: a machine that stands still for so long may miss it once.
  describe.each(rows)('$fault', { retry: 1 }, (row) => {
    it('a client that streams', () => check(row, row.stream, true));
    it('another client', () => check(row, row.whole ?? row.stream, false));
  });
});

async function check(row: Row, { sees, cost, calls, closed = 0 }: Outcome, stream: boolean): Promise<void> {
  const { billed, raw, server } = house;
  billed.sandbox.reset();
  await billed.takeBills();
  const before = { requests: raw.requests(), closed: raw.closed() };
  const seen = await see(
    server.url,
    { model: `mom/${nameOf(row)}`, messages: [{ role: 'user', content: `What is 6 x 7? ${stream}` }], ...row.ask },
    stream,
  );
  await until(() => billed.sandbox.stats().active === 0 && raw.active() === 0);
  const { requests, cancelled } = billed.sandbox.stats();
  // A body of its own: what the other client's failed run has left would be used again.
  expect({
    sees: told(seen),
    calls: requests + raw.requests() - before.requests,
    closed: cancelled + raw.closed() - before.closed,
  }).toEqual({ sees, calls, closed });
  checkEnd(seen, stream);
  checkCost(seen, cost, await billed.takeBills());
}

function told(seen: Seen): Sees {
  const { text, toolCalls, error, status, mom } = seen;
  if (error !== null)
    return seen.finish === 'error' ? { after: text, code: String(error.code) } : { http: status, code: String(error.code) };
  const called = toolCalls.map((call) => `${call.function.name}(${call.function.arguments})`).join();
  const answer = text.length > 9 * 1024 * 1024 ? HUGE : text + called;
  return { answer, status: mom?.status as 'complete' | 'degraded' };
}

/** A normal end means a whole answer, and nothing else looks like one. */
function checkEnd({ error, done, finish, toolCalls, status, headers, broken }: Seen, stream: boolean): void {
  expect(broken).toBe(false);
  if (error !== null) {
    expect(done).toBe(false);
    expect(finish).toBe(stream ? 'error' : null);
    if (status === 503) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    return;
  }
  expect(status).toBe(200);
  expect(done).toBe(stream);
  expect(finish).toMatch(toolCalls.length > 0 ? /^tool_calls$/ : /^(stop|length)$/);
}

function checkCost(seen: Seen, price: Price, billed: number): void {
  const header = seen.headers.get('x-mom-cost-usd');
  const cost = seen.mom ? seen.mom.cost_usd : header === 'unknown' ? null : Number(header);
  if (seen.mom && header !== null) expect(header).toBe(cost === null ? 'unknown' : usdText(cost));
  if (seen.error === null) expect(seen.cost ?? null).toBe(cost);
  if (price === 'billed') expect(cost).toBeCloseTo(billed, 10);
  else if (price === 'estimated') expect(cost).toBeGreaterThan(billed);
  else expect([cost, price === 'nothing' ? billed : 0]).toEqual([price === 'nothing' ? 0 : null, 0]);
  // Asking again by itself would pay twice.
  if (header !== null && seen.error !== null) expect(seen.headers.get('x-should-retry')).toBe(cost === 0 ? null : 'false');
}

describe('after all of it', () => {
  it('the next request is answered, and nothing is left', async () => {
    const { server, billed, raw, mute } = house;
    const seen = await see(server.url, { model: 'sandbox/say=still%20well' }, true);
    expect([seen.text, seen.finish, seen.done]).toEqual(['still well', 'stop', true]);
    await until(async () => (await house.metric('mom_requests_in_flight')) === '0');
    expect([billed.sandbox.stats().active, raw.active()]).toEqual([0, 0]);
    await until(() => raw.sockets() === 0 && mute.sockets() === 0);
    // Connections that are kept for the next call, as many as were needed at once; and the one it listens on, and its clients.
    expect(billed.sockets()).toBeLessThanOrEqual(8);
    const own = house.sockets();
    if (own !== null) expect(own).toBeLessThanOrEqual(billed.sockets() + 8);
  });

  it('there is a line in the log for each request, and no other word', async () => {
    const { server, billed } = house;
    const { stderr, stdout, signal } = await server.stop();
    const lines = logLines(stderr);
    expect(stderr.split('\n').filter((line) => line !== '' && !line.startsWith('{'))).toEqual([]);
    expect(lines.filter((line) => line.request === undefined).map(({ msg }) => msg)).toEqual([
      'SIGTERM: mom stops; no request is under way',
    ]);
    expect(lines.filter((line) => line.path === '/v1/chat/completions')).toHaveLength(2 * rows.length + 1);
    expect([stdout.split('\n').length, signal]).toEqual([11, 'SIGTERM']);
    await until(() => billed.sockets() === 0);
  });
});

describe('docs/gateway-faults.md', () => {
  it('holds these rows', () => {
    expect(readFileSync(new URL('../../../docs/gateway-faults.md', import.meta.url), 'utf8')).toContain(upstreamTables());
  });
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { says } from '../../support/mixture-cli.js';
import { logLines } from '../../support/serve-cli.js';
import { see } from './client.js';
import { type House, openHouse, until } from './gateway.js';

const DAY = 24 * 3_600_000;
const TO_2000 = Date.UTC(2000, 0, 1) - Date.now();
const MOVES = { 'a day on': DAY, 'two days back': -2 * DAY, 'to the year 2000': TO_2000, 'back again': 0 };
const TEXT = 'one two three four five six seven eight nine ten';
const folder = mkdtempSync(join(tmpdir(), 'mom-clock-'));
const file = join(folder, 'shift');
let house: House;

/** Moves the gateway's date, and waits until it is moved. */
async function move(ms: number): Promise<void> {
  writeFileSync(file, String(ms));
  writeFileSync(`${file}.done`, '');
  house.server.child.kill('SIGUSR2');
  await until(() => readFileSync(`${file}.done`, 'utf8') === String(ms));
}

function ask(model: string, stream = true) {
  return see(house.server.url, { model }, stream);
}

/** Until one call is left that hangs, or, on a very slow machine, all is over. */
async function untilOneHangs(answer: Promise<unknown>): Promise<void> {
  let isOver = false;
  void answer.then(() => {
    isOver = true;
  });
  await until(() => isOver || house.billed.sandbox.stats().active === 1);
}

beforeAll(async () => {
  const slow = { proposers: [says('a'), says('b')], strategy: 'fuse' };
  house = await openHouse({
    mixtures: {
      stream: { ...slow, critic: [says(TEXT, 'tps=20')], timeouts: { idle: '15s', run: '20s' } },
      grace: { proposers: [says('a'), says('b'), 'sandbox/hang'], strategy: 'fuse', critic: [says('merged')], grace: '400ms' },
      limit: {
        proposers: ['sandbox/hang,context=1'],
        strategy: 'fuse',
        critic: ['sandbox/hang,context=2'],
        timeouts: { first_event: '300ms' },
      },
      run: { proposers: ['sandbox/hang,context=3'], strategy: 'fuse', critic: ['sandbox/hang,context=4'], timeouts: { run: '600ms' } },
      retry: { proposers: [says('a'), says('b'), 'raw:later'], strategy: 'fuse', critic: [says('merged')], retries: 2, grace: '20s' },
    },
    models: {
      // By the real date: a second from now.
      later: (response, _body, n) => {
        if (n % 2 === 0) response.writeHead(200, { 'content-type': 'application/json' }).end(WELL);
        else response.writeHead(429, { 'retry-after': new Date(Date.now() + 1_000).toUTCString() }).end();
      },
    },
    config: { serve: { requests_per_minute: 100, heartbeat: '100ms' } },
    nodeArgs: ['--require', join(import.meta.dirname, 'moved-date.cjs')],
    env: { MOVED_DATE: file },
  });
});

const WELL = JSON.stringify({ choices: [{ index: 0, message: { content: 'well again' }, finish_reason: 'stop' }] });

beforeEach(() => move(0));

afterAll(async () => {
  await house?.close();
  rmSync(folder, { recursive: true });
});

describe('a date that is moved while a request is under way', () => {
  it('changes nothing of a stream', async () => {
    const answer = ask('mom/stream');
    const sent = house.billed.sandbox.stats().requests;
    await until(() => house.billed.sandbox.stats().requests >= sent + 3);
    for (const ms of Object.values(MOVES)) await move(ms);
    expect(await answer).toMatchObject({ text: TEXT, finish: 'stop', done: true, mom: { status: 'complete' } });
  });

  it.each(Object.entries(MOVES))('neither a grace (%s)', async (_name, ms) => {
    const answer = ask('mom/grace');
    await untilOneHangs(answer);
    const began = performance.now();
    await move(ms);
    expect(await answer).toMatchObject({ text: 'merged', mom: { status: 'complete' } });
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it.each(['limit', 'run'])('nor a time limit (%s)', async (name) => {
    for (const ms of Object.values(MOVES)) {
      const answer = ask(`mom/${name}`, false);
      await untilOneHangs(answer);
      const began = performance.now();
      await move(ms);
      expect((await answer).error).toMatchObject({ code: 'timeout' });
      expect(performance.now() - began).toBeLessThan(5_000);
    }
  });
});

describe('a date that is wrong', () => {
  it('makes a Retry-After with a date too short or too long, and the run goes on', async () => {
    await move(DAY);
    expect(await ask('mom/retry')).toMatchObject({ text: 'merged', mom: { status: 'complete' } });
    expect(house.raw.requests()).toBe(2);
    await move(-DAY);
    const seen = await ask('mom/retry');
    // A day is longer than the call may take: it is not waited for.
    expect(seen).toMatchObject({ text: 'merged', mom: { status: 'complete', warnings: [{ code: 'proposer_failed' }] } });
    expect(house.raw.requests()).toBe(3);
  });

  it('never makes a client wait longer than its minute', async () => {
    await move(-DAY);
    const { headers } = await ask('sandbox/say=hi');
    expect(Number.parseInt(headers.get('x-ratelimit-reset-requests') as string, 10)).toBeLessThanOrEqual(60);
  });

  it('is the one that answers and the log tell', async () => {
    await move(TO_2000);
    const response = await fetch(`${house.server.url}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'sandbox/say=hi', messages: [{ role: 'user', content: 'hi' }] }),
    });
    const { created } = (await response.json()) as { created: number };
    expect(new Date(created * 1_000).getUTCFullYear()).toBe(2000);
  });

  it('leaves nothing behind', async () => {
    await until(async () => house.billed.sandbox.stats().active === 0 && (await house.metric('mom_requests_in_flight')) === '0');
    const { stderr } = await house.server.stop();
    expect(stderr.split('\n').filter((line) => line !== '' && !line.startsWith('{'))).toEqual([]);
    expect(logLines(stderr).filter(({ ms }) => typeof ms === 'number' && (ms < 0 || ms > 30_000))).toEqual([]);
  });
});

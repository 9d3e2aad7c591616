import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { journalRuns } from '../../support/journals.js';
import { logLines } from '../../support/serve-cli.js';
import { chatRequest } from '../../support/wire.js';
import { fault } from './matrix.js';
import { beyond, type Operation, operate, panel, readStream, until } from './support.js';

/** Times of a panel in milliseconds, the words of its answer, and which of its three calls are cut when the client leaves then. */
const MOMENTS = {
  leftDuringFanOut: { second: 700, critic: 0, words: 3, cut: [0, 1, 0], again: [1, 2, 1] },
  leftBetween: { second: 50, critic: 700, words: 3, cut: [0, 0, 1], again: [1, 1, 2] },
  leftInAnswer: { second: 50, critic: 0, words: 60, cut: [0, 0, 1], again: [1, 1, 2] },
} as const;
type Moment = keyof typeof MOMENTS;

const CASES = (Object.keys(MOMENTS) as Moment[])
  .flatMap((moment) => [true, false].flatMap((stream) => [true, false].map((isRetry) => ({ moment, stream, isRetry }))))
  .map(caseOf);
type Case = ReturnType<typeof caseOf>;

/** With models that no other case asks. */
function caseOf({ moment, stream, isRetry }: { moment: Moment; stream: boolean; isRetry: boolean }, index: number) {
  const { second, critic, words } = MOMENTS[moment];
  const name = `case-${index}`;
  const wordOf = (i: number) => `${index}:${i}.`;
  const text = Array.from({ length: words }, (_, i) => wordOf(i)).join(' ');
  const says = (said: string, items: string) => `sandbox/say=${encodeURIComponent(said)},${items}`;
  const models = [says(`one of ${name}`, 'ttft=0'), says(`two of ${name}`, `ttft=${second}`), says(text, `ttft=${critic},tps=60`)];
  const title = `${fault(moment)} (${stream ? 'stream' : 'no stream'}; comes again ${isRetry ? 'as a retry' : 'without a word'})`;
  return { moment, stream, isRetry, name, text, middle: wordOf(5), models, title };
}

const ends: (() => void | Promise<void>)[] = [];
let mom: Operation;

beforeAll(async () => {
  const recipes = CASES.map(({ name, models: [one = '', two = '', critic = ''] }) => [name, panel([one, two], critic)]);
  mom = await operate({
    finished: (then) => void ends.unshift(then),
    mixtures: {
      ...Object.fromEntries(recipes),
      hanging: panel(['sandbox/hang', 'sandbox/hang,len=2', 'sandbox/hang,len=3'], 'sandbox/critic'),
    },
  });
});

afterAll(async () => {
  for (const end of ends) await end();
});

function question(model: string, stream: boolean): string {
  return JSON.stringify({ model, stream, messages: [{ role: 'user', content: 'What is it?' }] });
}

/** What the journal says by now of a case's only run. */
function journalOf({ name }: Case): string {
  const run = journalRuns(mom.place).find(({ events: [start] }) => start?.type === 'run.start' && start.mixture === name);
  return (run?.events ?? []).map((event) => `${JSON.stringify(event)}\n`).join('');
}

/** Whether the moment has come, as far as it can be known from outside. */
function isThere(each: Case, seen: string): boolean {
  if (each.moment === 'leftBetween') return mom.asked(each.models[2] ?? '') === 1;
  if (each.moment === 'leftInAnswer' && each.stream) return seen.includes(each.middle);
  const journal = journalOf(each);
  return each.moment === 'leftDuringFanOut' ? /"type":"call.end".*"id":"p1"/.test(journal) : journal.includes(each.middle);
}

describe('a client that goes away', () => {
  it(fault('leftBeforeFanOut'), async () => {
    const before = mom.sandbox.stats().requests;
    for (const stream of [true, false]) {
      const wire = await mom.wire();
      const [head = ''] = chatRequest(question('mom/hanging', stream)).join('\r\n').split('What');
      wire.send(head);
      await until(async () => (await mom.metric('mom_requests_in_flight')) === 1, 'the request');
      wire.socket.destroy();
      await until(async () => (await mom.metric('mom_requests_in_flight')) === 0, 'its end');
    }
    expect(mom.sandbox.stats().requests).toBe(before);
  });

  it.concurrent.each(CASES.map((each) => [each.title, each] as const))('%s', async (_title, each) => {
    const { name, moment, stream, isRetry, models, text } = each;
    const { cut, again } = MOMENTS[moment];
    const body = question(`mom/${name}`, stream);
    const wire = await mom.wire();
    let seen = '';
    wire.socket.on('data', (data: string) => {
      seen += data;
    });
    wire.send(...chatRequest(body));
    await until(() => isThere(each, seen), 'the moment');
    wire.socket.destroy();
    const cancelled = () => models.map((model) => mom.sandbox.stats().models[model]?.cancelled ?? 0);
    await until(() => cancelled().toString() === cut.toString(), `${cut} in place of ${cancelled()}`);

    const answer = await mom.ask(JSON.parse(body) as Record<string, unknown>, isRetry ? { 'x-stainless-retry-count': '1' } : {});
    const said = await answer.text();
    if (stream) expect(readStream(said)).toEqual({ content: text, isWhole: true, error: null });
    else expect(JSON.parse(said)).toMatchObject({ choices: [{ message: { content: text } }] });
    expect(models.map(mom.asked)).toEqual(again);
    expect(cancelled()).toEqual(cut);
  });

  it(fault('leftAtOnce'), async () => {
    const wires = await Promise.all(Array.from({ length: 100 }, () => mom.wire()));
    for (const [i, wire] of wires.entries()) wire.send(...chatRequest(question('mom/hanging', i % 2 === 0)));
    await until(() => mom.sandbox.stats().active === 300, 'the calls');
    const left = performance.now();
    for (const { socket } of wires) socket.destroy();
    await until(() => mom.sandbox.stats().active === 0, 'their end');
    expect(performance.now() - left).toBeLessThan(1_000);
    await until(async () => (await mom.metric('mom_requests_in_flight')) === 0, 'their places');
  });

  it(fault('leftMany'), async () => {
    await (await mom.ask({})).text();
    const files = await mom.metric('process_open_fds');
    const { active, cancelled } = mom.sandbox.stats();
    expect(active).toBe(0);
    const times: number[] = [];
    for (let i = 0; i < 150; i++) {
      const wire = await mom.wire();
      wire.send(...chatRequest(question('mom/hanging', i % 2 === 0)));
      await until(() => mom.sandbox.stats().active === 3, 'the calls');
      const left = performance.now();
      wire.socket.destroy();
      while (mom.sandbox.stats().active > 0) await new Promise((resolve) => setImmediate(resolve));
      times.push(performance.now() - left);
    }
    expect(beyond(times, 0.01)).toBeLessThan(250);
    expect(mom.sandbox.stats().cancelled - cancelled).toBe(450);
    await until(async () => (await mom.metric('mom_requests_in_flight')) === 0, 'their end');
    // Not every system tells its number of open files.
    await until(async () => !((await mom.metric('process_open_fds')) > files), 'the end of their connections');
    expect((await mom.ask({})).status).toBe(200);
  });
});

it(fault('leftEmbeddings'), async () => {
  const open = new Set<unknown>();
  const upstream = createServer((request, response) => {
    if (request.method !== 'POST') return void response.writeHead(404).end();
    open.add(response);
    response.once('close', () => open.delete(response));
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void upstream.close().closeAllConnections());
  await once(upstream, 'listening');
  const { port } = upstream.address() as AddressInfo;
  const other = await operate({ env: { MOM_BASE_URL: `http://127.0.0.1:${port}/v1` }, finished: onTestFinished });
  const wire = await other.wire();
  const body = JSON.stringify({ model: 'embed-3', input: 'text' });
  const [, ...rest] = chatRequest(body);
  wire.send('POST /v1/embeddings HTTP/1.1', ...rest);
  await until(() => open.size === 1, 'the call');
  wire.socket.destroy();
  await until(() => open.size === 0, 'its end');
  await until(async () => (await other.metric('mom_requests_in_flight')) === 0, 'its place');
  const { stderr } = await other.stop();
  expect(logLines(stderr).filter(({ msg }) => msg === 'request')).toEqual([
    expect.objectContaining({
      status: 499,
      path: '/v1/embeddings',
      model: 'embed-3',
      error: expect.objectContaining({ code: 'cancelled' }),
    }),
  ]);
});

/** Last: what the requests above have left behind. */
it('each departure is told once, without a cost that nobody knows, and nothing else is said', async () => {
  const { stderr, signal } = await mom.stop();
  expect(signal).toBe('SIGTERM');
  const lines = logLines(stderr);
  const left = lines.filter(({ outcome }) => outcome === 'cancelled');
  expect(left).toHaveLength(CASES.length + 250);
  expect(lines.filter(({ status, run }) => status === 499 && run === undefined)).toHaveLength(2);
  for (const line of left) expect(line).toMatchObject({ error: { code: 'cancelled', message: 'the client went away' } });
  for (const { name, moment, stream } of CASES) {
    const [first, second] = lines.filter(({ model }) => model === `mom/${name}`);
    expect(first, name).toMatchObject({ status: stream ? 200 : 499, outcome: 'cancelled' });
    // Nobody knows what the calls cost that were cut: what the others cost would pass for the whole.
    expect(first, name).not.toHaveProperty('cost_usd');
    expect(second, name).toMatchObject({ status: 200, outcome: 'complete', cost_usd: expect.any(Number) });
    // What was paid for already is not paid for again.
    if (moment === 'leftBetween') expect(second?.cost_usd, name).not.toBe(0);
  }
  expect(stderr.split('\n').filter((line) => line !== '' && !line.startsWith('{'))).toEqual([]);
  expect(lines.filter(({ level, msg }) => level !== 'info' && msg !== 'request')).toEqual([]);
});

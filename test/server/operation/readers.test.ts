import { connect } from 'node:net';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { logLines } from '../../support/serve-cli.js';
import { chatRequest } from '../../support/wire.js';
import { fault } from './matrix.js';
import { type Operation, operate, panel, readStream, until } from './support.js';

const ends: (() => void | Promise<void>)[] = [];
let mom: Operation;

const slow = (word: string) => panel([`sandbox/say=${word}1,ttft=300`, `sandbox/say=${word}2,ttft=300`], `sandbox/say=${word}3%20whole`);

beforeAll(async () => {
  mom = await operate({
    finished: (then) => void ends.unshift(then),
    serve: { heartbeat: '100ms' },
    mixtures: {
      named: slow('n'),
      joined: slow('j'),
      sdk: panel(['sandbox/say=s1', 'sandbox/say=s2,ttft=300'], 'sandbox/say=s3%20whole,ttft=300'),
      many: panel(['sandbox/say=one,ttft=50', 'sandbox/say=two,ttft=80'], 'sandbox/text,ttft=50,tps=200,len=60'),
      silent: panel(['sandbox/say=a,ttft=1500', 'sandbox/say=b,ttft=1500'], 'sandbox/say=spoken'),
      hanging: panel(['sandbox/hang', 'sandbox/hang,len=2'], 'sandbox/critic'),
    },
  });
});

afterAll(async () => {
  for (const end of ends) await end();
});

const MESSAGES = [{ role: 'user' as const, content: 'What is it?' }];

describe('clients that ask again while the first try runs', () => {
  it(fault('sameKey'), async () => {
    const twins = Array.from({ length: 5 }, (_, i) =>
      mom.ask({ model: 'mom/named', messages: MESSAGES, stream: i % 2 === 0 }, { 'idempotency-key': 'the-same' }),
    );
    const answers = await Promise.all(twins.map(async (twin) => (await twin).text()));
    for (const [i, answer] of answers.entries()) {
      if (i % 2 === 0) expect(readStream(answer)).toEqual({ content: 'n3 whole', isWhole: true, error: null });
      else expect(JSON.parse(answer)).toMatchObject({ choices: [{ message: { content: 'n3 whole' } }] });
    }
    expect(['n1,ttft=300', 'n2,ttft=300', 'n3%20whole'].map((model) => mom.asked(`sandbox/say=${model}`))).toEqual([1, 1, 1]);
  });

  it(fault('otherBody'), async () => {
    const model = 'mom/hanging';
    const key = { 'idempotency-key': 'used' };
    const wire = await mom.wire();
    wire.send(...chatRequest(JSON.stringify({ model, messages: MESSAGES }), 'idempotency-key: used'));
    await until(() => mom.sandbox.stats().active === 2, 'the first try');
    const other = await mom.ask({ model, messages: MESSAGES, temperature: 1 }, key);
    expect(other.status).toBe(400);
    expect(await other.text()).toContain('this Idempotency-Key was sent with another body');
    wire.socket.destroy();
    await until(() => mom.sandbox.stats().active === 0, 'its end');
  });

  it(fault('joined'), async () => {
    const model = 'mom/joined';
    const wire = await mom.wire();
    wire.send(...chatRequest(JSON.stringify({ model, messages: MESSAGES, stream: true })));
    await until(() => mom.asked('sandbox/say=j2,ttft=300') === 1, 'the first try');
    const second = mom.ask({ model, messages: MESSAGES, stream: true }, { 'x-stainless-retry-count': '1' });
    expect((await second).headers.get('x-mom-run')).not.toBeNull();
    wire.socket.destroy();
    expect(readStream(await (await second).text())).toEqual({ content: 'j3 whole', isWhole: true, error: null });
    expect(['j1,ttft=300', 'j2,ttft=300', 'j3%20whole'].map((id) => mom.asked(`sandbox/say=${id}`))).toEqual([1, 1, 1]);
  });

  it(fault('bothLeave'), async () => {
    const body = JSON.stringify({ model: 'mom/hanging', messages: MESSAGES, stream: true });
    const [first, second] = await Promise.all([mom.wire(), mom.wire()]);
    first.send(...chatRequest(body, 'idempotency-key: shared'));
    await until(() => mom.sandbox.stats().active === 2, 'the calls');
    second.send(...chatRequest(body, 'idempotency-key: shared'));
    await second.until('HTTP/1.1 200 ');
    first.socket.destroy();
    await until(async () => (await mom.metric('mom_requests_in_flight')) === 1, 'its end');
    expect(mom.sandbox.stats().active).toBe(2);
    second.socket.destroy();
    await until(() => mom.sandbox.stats().active === 0, 'the end of the calls');
  });

  it(fault('impatient'), async () => {
    const client = new OpenAI({ baseURL: mom.url, apiKey: 'x', timeout: 450, maxRetries: 5 });
    const answer = await client.chat.completions.create({ model: 'mom/sdk', messages: MESSAGES });
    expect(answer.choices[0]?.message.content).toBe('s3 whole');
    expect(mom.asked('sandbox/say=s1')).toBe(1);
    expect(mom.asked('sandbox/say=s3%20whole,ttft=300')).toBeGreaterThan(1);
    expect(mom.sandbox.stats().active).toBe(0);
  });
});

describe('many and slow readers', () => {
  it(fault('manyStreams'), async () => {
    const asked = Array.from({ length: 300 }, async () => {
      const response = await mom.ask({ model: 'mom/many', messages: MESSAGES, stream: true });
      const { content, isWhole, error } = readStream(await response.text());
      return [response.status, content.split(' ').length > 40, content, isWhole, error] as const;
    });
    const answers = await Promise.all(asked);
    const [, , content] = answers[0]!;
    expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toEqual(new Set([JSON.stringify([200, true, content, true, null])]));
    expect(mom.sandbox.stats().active).toBe(0);
  });

  it(fault('notReading'), async () => {
    const socket = connect(mom.port, '127.0.0.1').pause();
    socket.write(chatRequest(JSON.stringify({ model: 'sandbox/longline=15000000', messages: MESSAGES, stream: true })).join('\r\n'));
    await until(() => mom.asked('sandbox/longline=15000000') === 1 && mom.sandbox.stats().active === 0, 'its answer');
    expect(await mom.metric('mom_requests_in_flight')).toBe(1);
    expect((await mom.ask({})).status).toBe(200);
    socket.destroy();
    await until(async () => (await mom.metric('mom_requests_in_flight')) === 0, 'its end');
  });

  it(fault('silence'), async () => {
    const response = await mom.ask({ model: 'mom/silent', messages: MESSAGES, stream: true });
    const silences: number[] = [];
    let last = performance.now();
    let text = '';
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      silences.push(performance.now() - last);
      last = performance.now();
      text += Buffer.from(chunk).toString('utf8');
    }
    // Frames that a reader can count on: a comment ends as every frame does, and never stands inside another one.
    const beats = text.split('\n\n').filter((frame) => frame === ': mom').length;
    expect(beats).toBeGreaterThanOrEqual(8);
    expect(Math.max(...silences)).toBeLessThan(1_000);
    expect(readStream(text)).toEqual({ content: 'spoken', isWhole: true, error: null });
  });

  it(fault('halfClosed'), async () => {
    const wire = await mom.wire(true);
    wire.send(...chatRequest(JSON.stringify({ model: 'mom/hanging', messages: MESSAGES, stream: true })));
    await until(() => mom.sandbox.stats().active === 2, 'the calls');
    wire.socket.end();
    await until(() => mom.sandbox.stats().active === 0, 'their end');
    await wire.end();
  });
});

/** Last. */
it('nothing was said but one line for each request', async () => {
  await until(async () => (await mom.metric('mom_requests_in_flight')) === 0, 'the end');
  const { stderr } = await mom.stop();
  expect(stderr.split('\n').filter((line) => line !== '' && !line.startsWith('{'))).toEqual([]);
  expect(logLines(stderr).filter(({ level, msg }) => level !== 'info' && msg !== 'request')).toEqual([]);
});

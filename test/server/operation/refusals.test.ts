import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { logLines } from '../../support/serve-cli.js';
import { chatRequest } from '../../support/wire.js';
import { fault, MATRIX } from './matrix.js';
import { beyond, type Operation, operate, panel, readStream, until } from './support.js';

const MAX_IN_FLIGHT = 6;
const ANN = 'key-of-ann-0123456789';
const BOB = 'key-of-bob-0123456789';
const ends: (() => void | Promise<void>)[] = [];
const finished = (then: () => void | Promise<void>) => void ends.unshift(then);
let mom: Operation;
/** One that asks for keys. */
let keyed: Operation;

beforeAll(async () => {
  const mixtures = { hanging: panel(['sandbox/hang', 'sandbox/hang,len=2'], 'sandbox/critic') };
  [mom, keyed] = await Promise.all([
    operate({ finished, mixtures, serve: { max_body: 1, max_in_flight: MAX_IN_FLIGHT } }),
    operate({
      finished,
      mixtures,
      env: { MOM_SERVE_KEY: 'key-of-the-operator' },
      serve: {
        keys: [
          { name: 'ann', key: ANN, concurrency: 2 },
          { name: 'bob', key: BOB, requests_per_minute: 3 },
        ],
      },
    }),
  ]);
});

afterAll(async () => {
  for (const end of ends) await end();
});

const MESSAGES = [{ role: 'user', content: 'hi' }];
const GOOD = JSON.stringify({ model: 'sandbox/say=hello', messages: MESSAGES });

/** Lines of a request whose parts are as they should be, but for those given. */
function lines({
  start = 'POST /v1/chat/completions HTTP/1.1',
  host = 'host: 127.0.0.1',
  type = 'content-type: application/json',
  body = GOOD as string | null,
  more = [] as string[],
}) {
  const length = body === null ? [] : [`content-length: ${Buffer.byteLength(body)}`];
  return [start, host, type, ...length, ...more].filter((line) => line !== '').concat('', body ?? '');
}

/** Everything that is answered without asking anybody. */
const REFUSED = {
  noJson: lines({ body: '{"model": "mom", }' }),
  noUtf8: null,
  tooLarge: lines({ body: null, more: ['content-length: 1048577'] }),
  wrongMethod: lines({ start: 'PUT /v1/chat/completions HTTP/1.1' }),
  wrongType: lines({ type: 'content-type: text/plain' }),
  wrongPath: lines({ start: 'POST /v1/completions HTTP/1.1' }),
  wrongHost: lines({ host: 'host: evil.example' }),
  wrongOrigin: lines({ more: ['origin: https://evil.example'] }),
  noHost: lines({ host: '' }),
  noHost10: lines({ start: 'POST /v1/chat/completions HTTP/1.0', host: '' }),
  manyHeaders: lines({ more: [`x-long: ${'x'.repeat(20_000)}`] }),
  wrongModel: lines({ body: GOOD.replace('sandbox/say=hello', 'mom/none') }),
} as const;

describe('what is refused before anybody is asked', () => {
  it.each(
    Object.entries(REFUSED).map(([name, sent]) => [fault(name as keyof typeof REFUSED), name as keyof typeof REFUSED, sent] as const),
  )('%s', async (_fault, name, sent) => {
    const wire = await mom.wire();
    if (sent) wire.send(...sent);
    else wire.socket.write(Buffer.from(lines({ body: '{"model":"?"}' }).join('\r\n').replace('?', '\xff'), 'latin1'));
    const answer = await wire.until(MATRIX[name].status === 400 && name === 'noHost' ? 'close' : '\r\n\r\n');
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${MATRIX[name].status} `));
    const { code } = MATRIX[name] as { code?: string | null };
    if (code !== undefined) expect(await wire.until('}}')).toContain(`"code":${JSON.stringify(code)}}}`);
    wire.socket.destroy();
  });

  it(fault('wrongKey'), async () => {
    for (const headers of [{}, { 'x-api-key': 'wrong' }, { authorization: `Bearer ${ANN}x` }]) {
      const answer = await keyed.ask({}, headers as Record<string, string>);
      expect([answer.status, ((await answer.json()) as { error: { code: string } }).error.code]).toEqual([401, 'invalid_api_key']);
    }
    expect((await keyed.ask({}, { 'x-api-key': ANN })).status).toBe(200);
  });

  it(fault('sendsAllTheSame'), async () => {
    const body = JSON.stringify({ model: 'mom', messages: [{ role: 'user', content: 'x'.repeat(8 * 1024 * 1024) }] });
    const statuses = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const answer = await fetch(`${mom.url}/chat/completions`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body,
        });
        return [answer.status, ((await answer.json()) as { error: { code: string } }).error.code];
      }),
    );
    expect(statuses).toEqual(Array.from({ length: 5 }, () => [413, 'request_too_large']));
  });

  it('none of them reached a model', () => {
    expect(mom.sandbox.stats().requests).toBe(0);
  });
});

describe('limits', () => {
  /** Requests that hang, until the returned function is called. */
  async function fill(operation: Operation, count: number, ...headers: string[]): Promise<() => Promise<void>> {
    const wires = await Promise.all(Array.from({ length: count }, () => operation.wire()));
    const { active } = operation.sandbox.stats();
    for (const wire of wires) wire.send(...chatRequest(JSON.stringify({ model: 'mom/hanging', messages: MESSAGES }), ...headers));
    await until(() => operation.sandbox.stats().active === active + 2 * count, 'all of them');
    return async () => {
      for (const { socket } of wires) socket.destroy();
      await until(() => operation.sandbox.stats().active === 0, 'their end');
      await until(async () => (await operation.metric('mom_requests_in_flight')) === 0, 'their places');
    };
  }

  it(fault('overload'), async () => {
    const free = await fill(mom, MAX_IN_FLIGHT);
    const before = mom.sandbox.stats().requests;
    const times: number[] = [];
    for (let i = 0; i < 100; i++) {
      const began = performance.now();
      const answer = await mom.ask({ stream: i % 2 === 0 });
      times.push(performance.now() - began);
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
      expect(((await answer.json()) as { error: { code: string } }).error.code).toBe('overloaded');
    }
    // The machine may be busy with something else now and then.
    expect(beyond(times, 0.5)).toBeLessThan(50);
    expect(mom.sandbox.stats().requests).toBe(before);
    await free();
    expect((await mom.ask({})).status).toBe(200);
  });

  it(fault('concurrency'), async () => {
    const free = await fill(keyed, 2, `x-api-key: ${ANN}`);
    const answer = await keyed.ask({}, { 'x-api-key': ANN });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '1']);
    expect(await answer.json()).toMatchObject({ error: { code: 'rate_limit_exceeded', type: 'rate_limit_error' } });
    expect((await keyed.ask({}, { 'x-api-key': 'key-of-the-operator' })).status).toBe(200);
    await free();
    expect((await keyed.ask({}, { 'x-api-key': ANN })).status).toBe(200);
  });

  it(fault('rate'), async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => keyed.ask({}, { authorization: `Bearer ${BOB}` })));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      200,
      200,
      200,
      ...Array.from({ length: 17 }, () => 429),
    ]);
    for (const { status, headers } of answers) if (status === 429) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await keyed.ask({}, { 'x-api-key': ANN })).status).toBe(200);
  });
});

describe('clients that speak HTTP in their own way', () => {
  it(fault('http10'), async () => {
    for (const stream of [false, true]) {
      const body = JSON.stringify({ model: 'sandbox/say=hello', messages: MESSAGES, stream });
      const wire = await mom.wire();
      // Nothing but the end of the connection can tell such a client that a stream is over, whatever it asks for.
      const more = stream ? ['connection: keep-alive'] : [];
      wire.send(...lines({ start: 'POST /v1/chat/completions HTTP/1.0', body, more }));
      const answer = await wire.end();
      expect(answer).toMatch(/^HTTP\/1\.1 200 /);
      const [head = '', said = ''] = answer.split('\r\n\r\n');
      // Such a client knows no chunks: it would take their lengths for text.
      expect(head.toLowerCase()).not.toContain('transfer-encoding');
      if (stream) expect(readStream(said)).toEqual({ content: 'hello', isWhole: true, error: null });
      else expect(JSON.parse(said)).toMatchObject({ choices: [{ message: { content: 'hello' } }] });
    }
  });

  it(fault('pipelined'), async () => {
    const body = (stream: boolean, word: string) => JSON.stringify({ model: `sandbox/say=${word}`, messages: MESSAGES, stream });
    const wire = await mom.wire();
    const sent = [chatRequest(body(false, 'first')), chatRequest(body(true, 'second')), chatRequest(body(false, 'third'))];
    wire.send(sent.map((request) => request.join('\r\n')).join(''));
    const text = await wire.until('"content":"third"');
    expect(text.match(/HTTP\/1\.1 200 /g)).toHaveLength(3);
    const places = ['"content":"first"', '"content":"second"', 'data: [DONE]', '"content":"third"'].map((part) => text.indexOf(part));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    wire.socket.destroy();
  });

  it(fault('pipelinedAndGone'), async () => {
    const wire = await mom.wire();
    const hang = chatRequest(JSON.stringify({ model: 'mom/hanging', messages: MESSAGES })).join('\r\n');
    wire.send(hang + hang + hang);
    await until(() => mom.sandbox.stats().active === 6, 'the calls');
    wire.socket.destroy();
    await until(() => mom.sandbox.stats().active === 0, 'their end');
    await until(async () => (await mom.metric('mom_requests_in_flight')) === 0, 'their places');
  });

  it(fault('garbageBehind'), async () => {
    const wire = await mom.wire();
    const hang = chatRequest(JSON.stringify({ model: 'mom/hanging', messages: MESSAGES })).join('\r\n');
    wire.send(hang);
    await until(() => mom.sandbox.stats().active === 2, 'the calls');
    wire.send('garbage\r\n\r\n');
    expect(await wire.end()).toMatch(/^HTTP\/1\.1 400 /);
    await until(() => mom.sandbox.stats().active === 0, 'their end');
    await until(async () => (await mom.metric('mom_requests_in_flight')) === 0, 'its place');
  });

  it(fault('kept'), async () => {
    const wire = await mom.wire();
    for (let i = 0; i < 5; i++) {
      wire.send(...chatRequest(JSON.stringify({ model: `sandbox/say=answer${i}`, messages: MESSAGES })));
      await wire.until(`"content":"answer${i}"`);
      wire.send(...chatRequest('{"model":'));
      await wire.until('400 Bad Request');
    }
    wire.socket.destroy();
  });

  it(fault('noRequest'), async () => {
    const head = 'host: 127.0.0.1\r\ncontent-type: application/json\r\n';
    const odd = [
      '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
      'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
      `POST /v1/chat/completions HTTP/1.1\r\n${head}content-length: -1\r\n\r\n`,
      `POST /v1/chat/completions HTTP/1.1\r\n${head}content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
      `POST /v1/chat/completions HTTP/1.1\r\n${head}transfer-encoding: chunked\r\n\r\nzz\r\n`,
      `GET * HTTP/1.1\r\n${head}\r\n`,
      'GET /healthz HTTP/1.1\r\nhost: a b\r\n\r\n',
    ];
    for (const sent of odd) {
      const wire = await mom.wire();
      wire.socket.write(Buffer.from(sent, 'latin1'));
      expect(await wire.until('\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
      wire.socket.destroy();
    }
    const tunnel = await mom.wire();
    tunnel.send('CONNECT evil.example:443 HTTP/1.1', 'host: evil.example', '', '');
    expect(await tunnel.end()).toBe('');
    await until(async () => (await mom.metric('mom_requests_in_flight')) === 0, 'the end');
  });

  it(fault('hundredsOfHeaders'), async () => {
    const wire = await mom.wire();
    wire.send(...lines({ more: Array.from({ length: 300 }, (_, i) => `x-${i}: y`) }));
    expect(await wire.until('"content":"hello"')).toMatch(/^HTTP\/1\.1 200 /);
    wire.socket.destroy();
  });
});

/** Last. */
it('nothing was said but one line for each request', async () => {
  for (const operation of [mom, keyed]) {
    await until(async () => (await operation.metric('mom_requests_in_flight')) === 0, 'the end');
    const { stderr } = await operation.stop();
    expect(stderr.split('\n').filter((line) => line !== '' && !line.startsWith('{'))).toEqual([]);
    expect(logLines(stderr).filter(({ level, msg }) => level !== 'info' && msg !== 'request')).toEqual([]);
    expect(logLines(stderr).filter(({ error }) => (error as { code?: string })?.code === 'bug')).toEqual([]);
  }
});

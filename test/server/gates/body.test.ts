import { describe, expect, it } from 'vitest';
import { jsonErrorAt } from '../../../src/server/gates/json-error.js';
import { FakeClock } from '../../support/fake-clock.js';
import { errorOf, testGateway } from '../../support/gateway.js';

const post = (body: NonNullable<RequestInit['body']>, headers: Record<string, string> = {}) =>
  ({ method: 'POST', body, headers: { 'content-type': 'application/json', ...headers }, duplex: 'half' }) as RequestInit;

describe('the type of a body', () => {
  it.each(['application/json', 'Application/JSON; charset=utf-8', 'application/json;charset=UTF-8'])('is JSON: %s', async (type) => {
    expect((await testGateway().chat('{}', { 'content-type': type })).status).toBe(200);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', 'text/plain; application/json'])(
    'is not %s',
    async (type) => {
      const response = await testGateway().chat('{}', { 'content-type': type });
      expect(response.status).toBe(415);
      expect(await errorOf(response)).toMatchObject({
        message: `the content-type "${type}" is not understood; send JSON with "content-type: application/json"`,
        code: 'unsupported_media_type',
      });
    },
  );

  it('is named', async () => {
    const { ask } = testGateway();
    const response = await ask('/v1/chat/completions', { method: 'POST', body: new TextEncoder().encode('{}') });
    expect(response.status).toBe(415);
    expect((await errorOf(response)).message).toBe('the request has no content-type; send JSON with "content-type: application/json"');
  });

  it('is not packed', async () => {
    const response = await testGateway().chat('{}', { 'content-encoding': 'gzip' });
    expect(response.status).toBe(415);
    expect((await errorOf(response)).message).toBe('the content-encoding "gzip" is not understood; send the body as it is');
  });
});

describe('the size of a body', () => {
  it('may be all that is allowed', async () => {
    expect((await testGateway({ serve: { maxBody: 20 } }).chat('{"model":"mom mom1"}')).status).toBe(200);
  });

  it('is looked at before reading', async () => {
    const read: true[] = [];
    const body = new ReadableStream({ pull: () => void read.push(true) }, { highWaterMark: 0 });
    const response = await testGateway({ serve: { maxBody: 20 } }).ask('/v1/chat/completions', post(body, { 'content-length': '21' }));
    expect(response.status).toBe(413);
    expect(read).toEqual([]);
    expect(await errorOf(response)).toEqual({
      message: 'the body is larger than 20 bytes; send less, or raise serve.max_body',
      type: 'invalid_request_error',
      param: null,
      code: 'request_too_large',
    });
  });

  it('is counted where it is not told, and the rest is not read', async () => {
    let sent = 0;
    const body = new ReadableStream(
      {
        pull(controller) {
          sent += 1;
          controller.enqueue(new Uint8Array(1024 * 1024).fill(0x20));
        },
      },
      { highWaterMark: 0 },
    );
    const response = await testGateway({ serve: { maxBody: 2 * 1024 * 1024 } }).ask('/v1/chat/completions', post(body));
    expect(response.status).toBe(413);
    expect((await errorOf(response)).message).toBe('the body is larger than 2 MiB; send less, or raise serve.max_body');
    expect(sent).toBeLessThan(8);
  });
});

describe('the content of a body', () => {
  it.each<[string, string]>([
    ['', 'the body is empty; send one JSON object'],
    [' \n', 'the body is empty; send one JSON object'],
    ['[]', 'the body is no JSON object; send one JSON object'],
    ['null', 'the body is no JSON object; send one JSON object'],
    ['"text"', 'the body is no JSON object; send one JSON object'],
    ['{"a":1,}', 'the body is not valid JSON: unexpected text at line 1, column 8 (character 8); send one JSON object'],
    ['{"a":', 'the body is not valid JSON: it ends too early, after 5 characters; send one JSON object'],
  ])('is a JSON object: %j', async (text, message) => {
    const response = await testGateway().chat(text);
    expect(response.status).toBe(400);
    expect(await errorOf(response)).toMatchObject({ message, type: 'invalid_request_error' });
  });

  it('may begin with a byte order mark', async () => {
    expect(await (await testGateway().chat('\ufeff{"a":"é"}')).json()).toMatchObject({ body: { a: 'é' } });
  });

  it('is UTF-8 to the last byte', async () => {
    const response = await testGateway().ask('/v1/chat/completions', post(new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])));
    expect(response.status).toBe(400);
    expect((await errorOf(response)).message).toBe('the body is not valid UTF-8; send JSON as UTF-8');
  });

  it('is there in time', async () => {
    const clock = new FakeClock();
    const { ask, app } = testGateway({ clock, bodyTime: 3_000 });
    const body = new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode('{"a":')) });
    const response = await clock.play(ask('/v1/chat/completions', post(body)));
    expect(response.status).toBe(408);
    expect((await errorOf(response)).message).toBe('the body was not there after 3 s; send it faster, or send less');
    expect(app.requests.count()).toBe(0);
  });
});

describe('jsonErrorAt', () => {
  it.each<[string, string]>([
    ['nope', 'unexpected text at line 1, column 1 (character 1)'],
    ['{"a": 1\n  "b": 2}', 'unexpected text at line 2, column 3 (character 11)'],
    ['{"a": tru}', 'unexpected text at line 1, column 7 (character 7)'],
    ['{"a": 01}', 'unexpected text at line 1, column 8 (character 8)'],
    ["{'a': 1}", 'unexpected text at line 1, column 2 (character 2)'],
    ['{"a": "x\ny"}', 'unexpected text at line 1, column 7 (character 7)'],
    ['{"a": "\\x"}', 'unexpected text at line 1, column 7 (character 7)'],
    ['{"a": "\\u12g4"}', 'unexpected text at line 1, column 7 (character 7)'],
    ['{"a": "x', 'unexpected text at line 1, column 7 (character 7)'],
    ['[1, 2', 'it ends too early, after 5 characters'],
    ['[1 2]', 'unexpected text at line 1, column 4 (character 4)'],
    ['[1,]', 'unexpected text at line 1, column 4 (character 4)'],
    ['[}', 'unexpected text at line 1, column 2 (character 2)'],
    ['{"a" 1}', 'unexpected text at line 1, column 6 (character 6)'],
    ['{"a"}', 'unexpected text at line 1, column 5 (character 5)'],
    ['{"a":}', 'unexpected text at line 1, column 6 (character 6)'],
    ['{} {}', 'unexpected text at line 1, column 4 (character 4)'],
    ['{"a": {"b": [1, -2.5e3, "\\u00e9\\n", true, null, {}, []]}, }', 'unexpected text at line 1, column 59 (character 59)'],
  ])('finds the place in %j', (text, place) => {
    expect(() => JSON.parse(text)).toThrow();
    expect(jsonErrorAt(text)).toBe(place);
  });

  it('finds it in long and deep texts', () => {
    expect(jsonErrorAt('['.repeat(500_000))).toBe('it ends too early, after 500000 characters');
    expect(jsonErrorAt(`{"a":"${'x'.repeat(5_000_000)}"]`)).toBe('unexpected text at line 1, column 5000008 (character 5000008)');
  });
});

import { describe, expect, it } from 'vitest';
import { startSandbox } from '../../src/sandbox/index.js';
import { ask, cleanup, client, data, good, sse, told, upstream } from './support.js';

function chunk(content: unknown, logprobs: unknown, finish: string | null = null): string {
  return data({ choices: [{ index: 0, delta: { content }, logprobs, finish_reason: finish }] });
}

const tokens = (...values: unknown[]) => ({ content: values.map((logprob) => ({ token: 'x', logprob })) });

async function read(...chunks: string[]) {
  const up = await upstream((res) => res.writeHead(200, sse).end(chunks.join('') + data('[DONE]')));
  return told(client(up.url).call(ask({ params: { logprobs: true }, retries: 0 })));
}

describe('the wish for log probabilities', () => {
  it.each([
    [true, { logprobs: true }],
    [false, {}],
    [undefined, {}],
  ])('%s sends %j', async (logprobs, sent) => {
    const up = await upstream((res) => good(res));
    await told(client(up.url).call(ask({ params: { logprobs } })));
    const { model: _m, messages: _s, stream: _t, stream_options: _o, ...rest } = up.seen[0]?.body ?? {};
    expect(rest).toEqual(sent);
  });

  it.each([
    ["Unsupported parameter: 'logprobs' is not supported with this model.", 'logprobs'],
    ['logprobs are not supported with reasoning models', null],
    ['You are not allowed to request logprobs from this model', null],
    ['Logprobs is not enabled for models/x', null],
    ["This server doesn't support logprobs. Please remove them.", null],
    ['Invalid JSON payload received. Unknown name "logprobs": Cannot find field.', null],
  ])('is left out after a 400: %s', async (message, param) => {
    const up = await upstream((res, seen) =>
      'logprobs' in seen.body ? res.writeHead(400).end(JSON.stringify({ error: { message, param } })) : good(res),
    );
    const { text, events, error } = await told(client(up.url).call(ask({ params: { logprobs: true } })));
    expect(error).toBeNull();
    expect(text).toBe('hi');
    expect(events).toContainEqual({
      type: 'warning',
      code: 'parameter_dropped',
      message: 'up does not take logprobs for openai/gpt-5: asked again without it',
    });
  });
});

describe('logprobs that are refused otherwise', () => {
  const EXTRA = { detail: [{ type: 'extra_forbidden', loc: ['body', 'logprobs'], msg: 'Extra inputs are not permitted' }] };
  it.each([
    [403, { error: { message: 'You are not allowed to request logprobs from this model' } }],
    [422, EXTRA],
    [422, { error: { message: 'Invalid parameter', param: 'logprobs' } }],
  ])('are left out after a %d', async (status, body) => {
    const up = await upstream((res, seen) => ('logprobs' in seen.body ? res.writeHead(status).end(JSON.stringify(body)) : good(res)));
    const { text, error } = await told(client(up.url).call(ask({ params: { logprobs: true } })));
    expect({ text, error, requests: up.seen.length }).toEqual({ text: 'hi', error: null, requests: 2 });
  });

  it.each([
    [403, 'key_refused', 'logprobs cost extra; this key has no credit'],
    [403, 'key_refused', 'You are not allowed to use this model'],
    [422, 'request_refused', "Unsupported parameter: 'temperature'"],
    [401, 'key_refused', 'You are not allowed to request logprobs from this model'],
  ])('are no reason to ask again after a %d %s: %s', async (status, code, message) => {
    const up = await upstream((res) => res.writeHead(status).end(JSON.stringify({ error: { message } })));
    const { error } = await told(client(up.url).call(ask({ params: { logprobs: true, temperature: 0 } })));
    expect(error).toMatchObject({ code, status });
    expect(up.seen).toHaveLength(1);
  });
});

describe('log probabilities', () => {
  it('of a stream are one event before the finish, and leave the text in one piece', async () => {
    const { events } = await read(chunk('Hel', tokens(-0.1)), chunk('lo', tokens(-0.2, -0.3)), chunk('', tokens(0), 'stop'));
    expect(events.filter((event) => ['text', 'logprobs', 'finish'].includes(event.type))).toEqual([
      { type: 'text', text: 'Hello' },
      { type: 'logprobs', values: [-0.1, -0.2, -0.3, 0] },
      { type: 'finish', reason: 'stop' },
    ]);
  });

  it('of a whole answer are read too', async () => {
    const body = { choices: [{ message: { content: 'whole' }, logprobs: tokens(-1, -2), finish_reason: 'stop' }] };
    const up = await upstream((res) => res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body)));
    expect((await told(client(up.url).call(ask()))).events).toContainEqual({ type: 'logprobs', values: [-1, -2] });
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['a list', [1, 2]],
    ['a text', 'sure'],
    ['no content', {}],
    ['null content', { content: null }],
    ['a number as content', { content: 7 }],
    ['tokens that are none', { content: [null, 5, 'x', [], {}] }],
    ['values that are none', tokens('high', null, {}, true, 0.5)],
  ])('that are garbage are ignored: %s', async (_, logprobs) => {
    const { events, text, error } = await read(chunk('hi', logprobs), chunk('', null, 'stop'));
    expect(error).toBeNull();
    expect(text).toBe('hi');
    expect(events.map((event) => event.type)).not.toContain('logprobs');
  });

  it('of thoughts do not count, nor what comes after the finish', async () => {
    const { events, reasoning } = await read(
      chunk('<think>', tokens(-9)),
      chunk('hm', tokens(-9)),
      chunk('</think>', tokens(0)),
      chunk('yes', tokens(-0.5)),
      chunk('', tokens(-0.25), 'stop'),
      chunk('', tokens(-9)),
    );
    expect(reasoning).toBe('hm');
    expect(events.filter((event) => event.type === 'logprobs')).toEqual([{ type: 'logprobs', values: [0, -0.5, -0.25] }]);
  });

  it('of a broken stream are not told', async () => {
    const { events, error } = await read(chunk('hi', tokens(-0.5)));
    expect(error?.code).toBe('stream_broken');
    expect(events.map((event) => event.type)).not.toContain('logprobs');
  });

  it('of the sandbox come through', async () => {
    const sandbox = await startSandbox({});
    cleanup(() => void sandbox.close());
    const { events } = await told(client(sandbox.url).call(ask({ model: 'sandbox/say=one%20two,conf=.5', params: { logprobs: true } })));
    expect(events).toContainEqual({ type: 'logprobs', values: [Math.log(0.5), Math.log(0.5)] });
  });
});

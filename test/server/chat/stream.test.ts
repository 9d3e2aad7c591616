import { describe, expect, it } from 'vitest';
import { MomError } from '../../../src/core/error.js';
import { mixture } from '../../support/mixture.js';
import { answers, refuses, type Step, USAGE } from '../../support/scripted-client.js';
import { chunks, parsed, piecesOf, QUESTION, target, textOf, world } from './support.js';

const STREAM = { ...QUESTION, stream: true };
const PANEL = { a: answers('forty-two', 100), b: answers('42', 200), c: answers('It is 42.', 50) };
const HEAD = 'data: {"id":"chatcmpl-run-1","object":"chat.completion.chunk","created":1767323045,"model":"mom","choices":[';
const MOM = `"mom":{"run":"run-1","status":"complete","cost_usd":0.03,"usage":{"input_tokens":30,"output_tokens":15,"reasoning_tokens":0,"cached_input_tokens":0}}`;

describe('a stream', () => {
  it('is role, text, finish and [DONE], to the letter', async () => {
    const { response, text, report, finished, scope } = await world({ scripts: PANEL }).read(STREAM);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      'x-request-id': 'req-1',
      'x-mom-run': 'run-1',
    });
    expect(text).toBe(
      [
        `${HEAD}{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}`,
        `${HEAD}{"index":0,"delta":{"content":"It is 42."},"finish_reason":null}]}`,
        `${HEAD}{"index":0,"delta":{},"finish_reason":"stop"}],${MOM}}`,
        'data: [DONE]',
        '',
      ].join('\n\n'),
    );
    expect(scope.streams).toBe(true);
    expect(finished()).toBe(1);
    expect(report).toMatchObject({
      model: 'mom',
      mixture: 'test',
      strategy: 'fuse',
      runId: 'run-1',
      runStatus: 'complete',
      status: 200,
      costUsd: 0.03,
      usage: { input_tokens: 30 },
      firstTokenMs: 250,
      error: null,
    });
  });

  it('tells its usage in a chunk without choices only when it is asked to', async () => {
    const { text } = await world({ scripts: PANEL }).read({ ...STREAM, stream_options: { include_usage: true } });
    const [usage, done] = chunks(text).slice(-2);
    expect(usage).toEqual({
      id: 'chatcmpl-run-1',
      object: 'chat.completion.chunk',
      created: 1767323045,
      model: 'mom',
      choices: [],
      usage: {
        prompt_tokens: 10,
        completion_tokens: 5,
        total_tokens: 15,
        prompt_tokens_details: { cached_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 0 },
        cost: 0.03,
      },
    });
    expect(done).toBe('[DONE]');
    const plain = await world({ scripts: PANEL }).read({ ...STREAM, stream_options: { include_usage: false } });
    expect(chunks(plain.text).filter((chunk) => chunk !== '[DONE]' && 'usage' in chunk)).toEqual([]);
  });

  it('holds chunks of the chat API only, each with id, object, created, model and choices', async () => {
    const { text } = await world({ scripts: PANEL }).read({ ...STREAM, stream_options: { include_usage: true } });
    for (const frame of text.split('\n\n').filter((each) => each !== '')) expect(frame).toMatch(/^data: |^: mom$/);
    for (const chunk of chunks(text).filter((each) => each !== '[DONE]'))
      expect(chunk).toMatchObject({ id: 'chatcmpl-run-1', object: 'chat.completion.chunk', created: 1767323045, model: 'mom' });
  });

  it('begins at once when the run has started, long before the first text', async () => {
    const { ask, clock } = world({ scripts: { ...PANEL, a: answers('slow', 60_000), b: answers('slow too', 60_000) } });
    const started = clock.now();
    const { response } = await clock.play(ask(STREAM));
    expect(response.status).toBe(200);
    const reader = response.body!.getReader();
    const first = await clock.play(reader.read());
    expect(new TextDecoder().decode(first.value)).toBe(
      `${HEAD}{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}\n\n`,
    );
    expect(clock.now()).toBe(started);
    await clock.play(reader.cancel());
  });

  it('gives tool calls as deltas with a dense index, id, type and name once', async () => {
    const call = (id: string, name: string, json: string) => ({ type: 'tool_call' as const, call: { id, name, arguments: json } });
    const script = [
      { type: 'open' as const, generationId: null },
      call('call_1', 'read', '{"path":"a"}'),
      call('call_2', 'read', '{"path":"b"}'),
      { type: 'finish' as const, reason: 'tool_calls' },
      { type: 'usage' as const, usage: USAGE, cost: { usd: 0.01, source: 'reported' as const } },
    ];
    const recipe = mixture([], ['c'], { strategy: 'single' });
    const tools = [{ type: 'function', function: { name: 'read', parameters: { type: 'object' } } }];
    const { text } = await world({ mixture: recipe, scripts: { c: script } }).read({ ...STREAM, tools });
    const deltas = chunks(text).map((chunk) => (chunk === '[DONE]' ? chunk : [chunk.choices[0]?.delta, chunk.choices[0]?.finish_reason]));
    expect(deltas).toEqual([
      [{ role: 'assistant', content: '' }, null],
      [{ tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'read', arguments: '{"path":"a"}' } }] }, null],
      [{ tool_calls: [{ index: 1, id: 'call_2', type: 'function', function: { name: 'read', arguments: '{"path":"b"}' } }] }, null],
      [{}, 'tool_calls'],
      '[DONE]',
    ]);
  });

  it('shows no reasoning', async () => {
    const thinking = [{ type: 'reasoning' as const, text: 'let me think' }, ...answers('42')];
    const { text } = await world({ scripts: { a: thinking, b: thinking, c: thinking } }).read(STREAM);
    expect(text).not.toContain('let me think');
    expect(textOf(text)).toBe('42');
  });

  it('never cuts a character in two', async () => {
    const script = [
      { type: 'text' as const, text: 'a\ud83d' },
      { wait: 10 },
      { type: 'text' as const, text: '\ude00b' },
      { type: 'finish' as const, reason: 'stop' },
    ];
    const { text } = await world({ mixture: mixture([], ['c'], { strategy: 'single' }), scripts: { c: script } }).read(STREAM);
    const pieces = piecesOf(text);
    expect(pieces).toEqual(['', 'a', '😀b']);
  });

  it('cuts a long text into frames, between characters', async () => {
    const long = `x${'😀'.repeat(100_000)}`;
    const { text } = await world({ scripts: { ...PANEL, c: answers(long) } }).read(STREAM);
    const pieces = piecesOf(text);
    expect(pieces.join('')).toBe(long);
    expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThanOrEqual(65_536);
    expect(pieces.filter((piece) => /^[\udc00-\udfff]|[\ud800-\udbff]$/.test(piece))).toEqual([]);
  });

  it('shows the proposals under headings where nothing merges them', async () => {
    const { text } = await world({ mixture: mixture(['a', 'b'], []), scripts: PANEL }).read(STREAM);
    expect(textOf(text)).toBe('## a (p1)\n\nforty-two\n\n## b (p2)\n\n42\n');
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
  });

  it('tells what is wrong beside the answer in the field `mom`', async () => {
    const { text } = await world({ scripts: { ...PANEL, a: refuses('provider_error', 500) } }).read(STREAM);
    const finish = parsed(text).at(-1);
    expect(finish?.mom).toMatchObject({ status: 'degraded' });
    expect(finish?.mom?.warnings).toEqual([{ code: 'proposer_failed', message: 'a gave no answer: the provider said 500' }]);
  });
});

describe('a stream that fails', () => {
  const broken = [{ type: 'text' as const, text: 'It is' }, { fail: new MomError('stream_broken', 'the stream broke') }];

  it('ends with one chunk that has an error, and no [DONE]', async () => {
    const { text, report, finished } = await world({ scripts: { ...PANEL, c: broken } }).read(STREAM);
    const last = parsed(text).at(-1);
    expect(text).not.toContain('[DONE]');
    expect(textOf(text)).toBe('It is');
    expect(last?.choices).toEqual([{ index: 0, delta: {}, finish_reason: 'error' }]);
    expect(last?.error).toEqual({
      message: expect.stringMatching(/^the answer is cut off: the stream broke; what was shown is not the whole answer; /),
      type: 'server_error',
      code: 'stream_broken',
    });
    expect(last?.mom).toMatchObject({ run: 'run-1', status: 'failed' });
    expect(report).toMatchObject({ status: 200, runStatus: 'failed', error: { code: 'stream_broken' } });
    expect(finished()).toBe(1);
  });

  it('is in-band once somebody was asked, whatever the reason', async () => {
    const dead = refuses('provider_error', 500, 10);
    const { response, text } = await world({ scripts: { a: dead, b: dead, c: dead } }).read(STREAM);
    expect(response.status).toBe(200);
    expect(chunks(text)).toHaveLength(2);
    expect(chunks(text)[1]).toMatchObject({
      error: { code: 'provider_error', type: 'server_error' },
      choices: [{ finish_reason: 'error' }],
    });
  });

  it('is an HTTP status before anybody was asked', async () => {
    const recipe = mixture([], [], { strategy: 'single' });
    const { response, text, scope, finished } = await world({ mixture: recipe }).read(STREAM);
    expect(response.status).toBe(500);
    expect(response.headers.get('x-should-retry')).toBeNull();
    expect(JSON.parse(text).error).toEqual({
      message: "mixture 'test' has no model for strategy 'single'; give it `single:` or `critic:`, or name a model (-m)",
      type: 'server_error',
      param: null,
      code: 'config_invalid',
    });
    expect(scope.streams).toBe(false);
    expect(finished()).toBe(1);
  });

  it('is an HTTP status where nobody was asked because all are left alone for now', async () => {
    const paused: Step[] = [{ fail: new MomError('overloaded', 'it is left alone', { hint: 'wait', retryAfterMs: 7_000 }) }];
    const { response, text, scope } = await world({ scripts: { a: paused, b: paused, c: paused } }).read(STREAM);
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(JSON.parse(text).error).toMatchObject({ type: 'server_error', code: 'overloaded' });
    expect(scope.streams).toBe(false);
  });

  it('by a bug of mom ends with an error, and nothing else ends with it', async () => {
    const warnings = {
      [Symbol.iterator]() {
        throw new TypeError('no warnings here');
      },
    } as unknown as [];
    const broken = async () => target(mixture(['a', 'b'], ['c']), { warnings });
    const { text, report, finished } = await world({ target: broken, scripts: PANEL }).read(STREAM);
    expect(parsed(text).at(-1)).toMatchObject({
      error: { code: 'bug', message: expect.stringMatching(/^mom ran into a bug: no warnings here; /) },
    });
    expect(text).not.toContain('[DONE]');
    expect(report).toMatchObject({ runStatus: 'complete', error: { code: 'bug' } });
    expect(finished()).toBe(1);
  });

  it('takes secrets out of what providers say', async () => {
    const leaky = [{ wait: 5 }, { fail: new MomError('key_refused', 'bad key canary-1234567890') }];
    const { text, report } = await world({ scripts: { a: leaky, b: leaky, c: leaky }, secrets: ['canary-1234567890'] }).read(STREAM);
    expect(text + JSON.stringify(report)).not.toContain('canary');
    expect(text).toContain('[redacted]');
  });
});

describe('the silence of a stream', () => {
  it('is broken by a comment every ten seconds, for ten minutes', async () => {
    const slow = { a: answers('forty-two', 240_000), b: answers('42', 240_000), c: answers('It is 42.', 360_000) };
    const recipe = mixture(['a', 'b'], ['c'], { runTimeout: 900_000 });
    const { text } = await world({ mixture: recipe, scripts: slow }).read(STREAM);
    expect(text.split('\n\n').filter((frame) => frame === ': mom')).toHaveLength(59);
    expect(textOf(text)).toBe('It is 42.');
    expect(text.replaceAll(': mom\n\n', '')).toMatch(/^(data: .*\n\n)+$/);
  });

  it('is counted from the last frame', async () => {
    const steps = [{ type: 'text' as const, text: 'a' }, { wait: 9_000 }, { type: 'text' as const, text: 'b' }, { wait: 9_000 }];
    const script = [...steps, ...steps, { type: 'finish' as const, reason: 'stop' }];
    const { text } = await world({ mixture: mixture([], ['c'], { strategy: 'single' }), scripts: { c: script } }).read(STREAM);
    expect(text).not.toContain(': mom');
    expect(textOf(text)).toBe('abab');
  });
});

describe('a run that takes long to be planned', () => {
  /** The engine looks something up for 25 s before its run begins, or fails. */
  function planning(fails: boolean) {
    const made = world({ scripts: PANEL });
    const { engine } = made.service;
    made.service.engine = {
      ...engine,
      async run(...args) {
        await new Promise<void>((resolve) => void made.clock.after(25_000, resolve));
        if (fails) throw new MomError('config_invalid', 'nothing to ask', { hint: 'name a model' });
        return engine.run(...args);
      },
    };
    return made;
  }

  it('is not waited for in silence', async () => {
    const { ask, clock } = planning(false);
    const { response } = await clock.play(ask(STREAM));
    expect(clock.now()).toBe(10_000);
    const text = await clock.play(response.text());
    expect(text.split('\n\n').filter((frame) => frame === ': mom')).toHaveLength(1);
    expect(textOf(text)).toBe('It is 42.');
  });

  it('fails in the stream when it fails then', async () => {
    const { response, text, report, finished } = await planning(true).read(STREAM);
    expect(response.status).toBe(200);
    expect(parsed(text).at(-1)).toEqual({
      id: 'chatcmpl-run-1',
      object: 'chat.completion.chunk',
      created: 1767323045,
      model: 'mom',
      choices: [{ index: 0, delta: {}, finish_reason: 'error' }],
      error: { message: 'nothing to ask; name a model', type: 'server_error', code: 'config_invalid' },
    });
    expect(report).toMatchObject({ status: 200, runStatus: null, error: { code: 'config_invalid' } });
    expect(finished()).toBe(1);
  });
});

describe('what is passed on', () => {
  it('sends the sampling parameters of a client to the writer only', async () => {
    const { read, client } = world({ scripts: PANEL });
    await read({ ...STREAM, temperature: 0, max_tokens: 128_000, stop: ['END'], seed: 7, reasoning_effort: 'high' });
    expect(client.requests.map(({ model, params }) => [model, params])).toEqual([
      ['a', {}],
      ['b', {}],
      ['c', { temperature: 0, max_tokens: 128_000, stop: ['END'], seed: 7, reasoning_effort: 'high' }],
    ]);
  });

  it('names an unknown model of a provider as the client named it: 404', async () => {
    const recipe = mixture([], ['gone'], { strategy: 'single' });
    const passedOn = async () => target(recipe, { isPassedOn: true, namesStrategy: true });
    const { response, text } = await world({ target: passedOn, scripts: { gone: refuses('model_unknown', 404) } }).read(QUESTION);
    expect(response.status).toBe(404);
    expect(JSON.parse(text).error).toEqual({
      message: 'the provider said 404; hint for 404',
      type: 'invalid_request_error',
      param: 'model',
      code: 'model_not_found',
    });
    const configured = await world({ mixture: recipe, scripts: { gone: refuses('model_unknown', 404) } }).read(QUESTION);
    expect(configured.response.status).toBe(500);
    expect(JSON.parse(configured.text).error.code).toBe('model_unknown');
  });
});

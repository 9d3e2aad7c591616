import { describe, expect, it } from 'vitest';
import { memoryBudget } from '../../../src/core/budget.js';
import { NO_CATALOG } from '../../../src/core/catalog.js';
import { MomError } from '../../../src/core/error.js';
import { mixture } from '../../support/mixture.js';
import { priced } from '../../support/priced.js';
import { answers, refuses, type Step, USAGE } from '../../support/scripted-client.js';
import { keyed, parsed, QUESTION, target, unknownModel, world } from './support.js';

const PANEL = { a: answers('forty-two', 100), b: answers('42', 200), c: answers('It is 42.', 50) };

describe('a whole answer', () => {
  it('has the body and the headers of the contract', async () => {
    const { response, text, report, finished } = await world({ scripts: PANEL }).read(QUESTION);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toEqual({
      'content-type': 'application/json',
      'x-request-id': 'req-1',
      'x-mom-run': 'run-1',
      'x-mom-status': 'complete',
      'x-mom-cost-usd': '0.03',
    });
    expect(JSON.parse(text)).toEqual({
      id: 'chatcmpl-run-1',
      object: 'chat.completion',
      created: 1767323045,
      model: 'mom',
      choices: [{ index: 0, message: { role: 'assistant', content: 'It is 42.' }, logprobs: null, finish_reason: 'stop' }],
      usage: {
        prompt_tokens: 10,
        completion_tokens: 5,
        total_tokens: 15,
        prompt_tokens_details: { cached_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 0 },
        cost: 0.03,
      },
      mom: {
        run: 'run-1',
        status: 'complete',
        cost_usd: 0.03,
        usage: { input_tokens: 30, output_tokens: 15, reasoning_tokens: 0, cached_input_tokens: 0 },
      },
    });
    expect(report).toMatchObject({ status: 200, runStatus: 'complete', costUsd: 0.03, firstTokenMs: null, error: null });
    expect(finished()).toBe(1);
  });

  it('is not asked of the models as a stream that is shown, so another critic can take over to the end', async () => {
    const broken: Step[] = [{ type: 'text', text: 'It is' }, { fail: new MomError('stream_broken', 'the stream broke') }];
    const scripts = { ...PANEL, c: broken, d: answers('It is 42, really.') };
    const { response, text } = await world({ mixture: mixture(['a', 'b'], ['c', 'd']), scripts }).read(QUESTION);
    expect(response.status).toBe(200);
    expect(response.headers.get('x-mom-status')).toBe('degraded');
    expect(JSON.parse(text).choices[0].message.content).toBe('It is 42, really.');
  });

  it('has no content beside tool calls alone', async () => {
    const script: Step[] = [
      { type: 'tool_call', call: { id: 'call_1', name: 'read', arguments: '{"path":"a"}' } },
      { type: 'finish', reason: 'tool_calls' },
    ];
    const recipe = mixture([], ['c'], { strategy: 'single' });
    const tools = [{ type: 'function', function: { name: 'read' } }];
    const { text } = await world({ mixture: recipe, scripts: { c: script } }).read({ ...QUESTION, tools });
    expect(JSON.parse(text).choices[0]).toEqual({
      index: 0,
      message: {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'read', arguments: '{"path":"a"}' } }],
      },
      logprobs: null,
      finish_reason: 'tool_calls',
    });
  });

  it.each([true, false])('has one function call for a client of the older form (stream: %s)', async (stream) => {
    const script: Step[] = [
      { type: 'tool_call', call: { id: 'call_1', name: 'read', arguments: '{"path":"a"}' } },
      { type: 'finish', reason: 'tool_calls' },
    ];
    const recipe = mixture([], ['c'], { strategy: 'single' });
    const { read, client } = world({ mixture: recipe, scripts: { c: script } });
    const { text } = await read({ ...QUESTION, stream, functions: [{ name: 'read' }] });
    const call = { function_call: { name: 'read', arguments: '{"path":"a"}' } };
    if (stream) {
      expect(parsed(text).map(({ choices }) => [choices[0]?.delta, choices[0]?.finish_reason])).toEqual([
        [{ role: 'assistant', content: '' }, null],
        [call, null],
        [{}, 'function_call'],
      ]);
    } else {
      expect(JSON.parse(text).choices[0]).toMatchObject({ message: { content: null, ...call }, finish_reason: 'function_call' });
    }
    expect(client.requests[0]?.tools).toMatchObject({ tools: [{ type: 'function', function: { name: 'read' } }], parallel: false });
  });

  it('is the proposals under headings where nothing merges them', async () => {
    const { text } = await world({ mixture: mixture(['a', 'b'], []), scripts: PANEL }).read(QUESTION);
    const body = JSON.parse(text);
    expect(body.choices[0].message.content).toBe('## a (p1)\n\nforty-two\n\n## b (p2)\n\n42\n');
    expect(body.usage).toMatchObject({ prompt_tokens: 10, completion_tokens: 10 });
  });

  it.each([
    ['length', 'length'],
    ['content_filter', 'content_filter'],
    ['end_turn', 'stop'],
  ])('tells a provider that ended with %s as %s', async (reason, told) => {
    const recipe = mixture([], ['c'], { strategy: 'single' });
    const { text } = await world({ mixture: recipe, scripts: { c: answers('42', 0, 0.01, reason) } }).read(QUESTION);
    expect(JSON.parse(text).choices?.[0].finish_reason).toBe(told);
  });

  it('says that a cost is unknown, never 0', async () => {
    const script: Step[] = [
      { type: 'text', text: '42' },
      { type: 'finish', reason: 'stop' },
      { type: 'usage', usage: USAGE, cost: { usd: null, source: 'unknown' } },
    ];
    const { response, text } = await world({ mixture: mixture([], ['c'], { strategy: 'single' }), scripts: { c: script } }).read(QUESTION);
    expect(response.headers.get('x-mom-cost-usd')).toBe('unknown');
    expect(JSON.parse(text)).toMatchObject({ mom: { cost_usd: null } });
    expect(JSON.parse(text).usage).not.toHaveProperty('cost');
  });

  it('says the same of a run of which one call told no price, where the sum of the others would pass for the whole', async () => {
    const script: Step[] = [
      { type: 'text', text: 'forty-two' },
      { type: 'finish', reason: 'stop' },
      { type: 'usage', usage: USAGE, cost: { usd: null, source: 'unknown' } },
    ];
    const { response, text, report } = await world({ scripts: { ...PANEL, b: script } }).read(QUESTION);
    expect(response.headers.get('x-mom-cost-usd')).toBe('unknown');
    expect(report.costUsd).toBeNull();
    expect(JSON.parse(text)).toMatchObject({ mom: { cost_usd: null } });
    expect(JSON.parse(text).usage).not.toHaveProperty('cost');
  });

  it('tells the warnings of the name and of the run', async () => {
    const warned = async () => target(mixture(['a', 'b'], ['c']), { warnings: [{ code: 'early', message: 'known before' }] });
    const { text } = await world({ target: warned, scripts: { ...PANEL, a: refuses('provider_error', 500) } }).read(QUESTION);
    expect(JSON.parse(text).mom.warnings).toEqual([
      { code: 'early', message: 'known before' },
      { code: 'proposer_failed', message: 'a gave no answer: the provider said 500' },
    ]);
  });
});

describe('an answer that could not be given', () => {
  it.each([
    ['rate_limited', 429, 503, 'rate_limit_error'],
    ['timeout', 504, 504, 'server_error'],
    ['key_refused', 401, 502, 'server_error'],
    ['no_credit', 402, 402, 'insufficient_quota'],
    ['provider_error', 500, 502, 'server_error'],
  ] as const)('for %s everywhere has the status of the table', async (code, upstream, status, type) => {
    const dead = refuses(code, upstream);
    const { response, text, report } = await world({ scripts: { a: dead, b: dead, c: dead } }).read(QUESTION);
    expect(response.status).toBe(status);
    expect(JSON.parse(text)).toEqual({
      error: { message: expect.stringContaining(`the provider said ${upstream}`), type, param: null, code },
    });
    expect(response.headers.get('retry-after')).toEqual(status === 503 ? expect.stringMatching(/^[1-5]$/) : null);
    expect(response.headers.get('x-should-retry')).toBeNull();
    expect(response.headers.get('x-mom-status')).toBe('failed');
    expect(report).toMatchObject({ status, runStatus: 'failed', error: { code } });
  });

  it('tells clients not to ask again by themselves once money was spent', async () => {
    const paid: Step[] = [
      { type: 'text', text: '4' },
      { type: 'usage', usage: USAGE, cost: { usd: 0.01, source: 'reported' } },
      { fail: new MomError('stream_broken', 'the stream broke') },
    ];
    const { response } = await world({ scripts: { a: paid, b: paid, c: paid } }).read(QUESTION);
    expect(response.status).toBe(502);
    expect(response.headers.get('x-should-retry')).toBe('false');
    expect(response.headers.get('x-mom-cost-usd')).toBe('0.03');
  });

  it('for a name that nobody has is 404, and asks nobody', async () => {
    const nobody = async (name: string) => {
      throw unknownModel(name);
    };
    const { read, client } = world({ target: nobody });
    const { response, text, report, finished } = await read({ ...QUESTION, model: 'mom/nope' });
    expect(response.status).toBe(404);
    expect(JSON.parse(text).error).toEqual({
      message: "nobody has the model 'mom/nope'; did you mean 'mom'?",
      type: 'invalid_request_error',
      param: 'model',
      code: 'model_not_found',
    });
    expect(client.requests).toEqual([]);
    expect(report).toMatchObject({ model: 'mom/nope', status: 404, error: { code: 'model_unknown' } });
    expect(finished()).toBe(1);
  });

  it('for a request that is too long for every model has the code by which clients make it shorter', async () => {
    const small = {
      ...NO_CATALOG,
      facts: (_provider: string, id: string) => ({
        id,
        context: 10,
        maxOutput: null,
        images: null,
        parameters: null,
        expires: null,
        prices: null,
      }),
    };
    const { read, client } = world({ scripts: PANEL, engine: { catalog: small } });
    const { response, text } = await read({ model: 'mom', stream: true, messages: [{ role: 'user', content: 'word '.repeat(100) }] });
    expect(response.status).toBe(400);
    expect(JSON.parse(text).error).toMatchObject({
      message: expect.stringMatching(
        /^context_length_exceeded: no model of mixture 'test' can take this request: a has a context of 10 tokens, /,
      ),
      type: 'invalid_request_error',
      code: 'context_length_exceeded',
    });
    expect(client.requests).toEqual([]);
  });

  it('for a bug says so without a stack', async () => {
    const { response, text } = await world({ target: () => Promise.reject(new TypeError('x is not a function')) }).read(QUESTION);
    expect(response.status).toBe(500);
    expect(JSON.parse(text).error).toMatchObject({
      code: 'bug',
      message: expect.stringMatching(/^mom ran into a bug: x is not a function; /),
    });
    expect(text).not.toMatch(/\bat \S+:\d/);
  });
});

describe('a budget', () => {
  const catalog = priced({ a: { output: 1e-4 }, b: { output: 1e-4 }, c: { output: 1e-4 } });

  it.each([true, false])('with nothing left is 402 before anybody is asked (stream: %s)', async (stream) => {
    const spent = memoryBudget(0, 'the budget of key k', 'wait until tomorrow');
    const { read, client } = world({ scripts: PANEL, engine: { catalog }, budgets: [spent] });
    const { response, text } = await read({ ...QUESTION, stream }, { client: keyed('k') });
    expect(response.status).toBe(402);
    expect(JSON.parse(text).error).toMatchObject({ type: 'insufficient_quota', code: 'cost_cap' });
    expect(JSON.parse(text).error.message).toContain('the budget of key k');
    expect(response.headers.get('x-should-retry')).toBeNull();
    expect(client.requests).toEqual([]);
  });

  it('of a key is not looked at where nobody needs a key', async () => {
    const spent = memoryBudget(0, 'the budget of key k', 'wait until tomorrow');
    const { response } = await world({ scripts: PANEL, engine: { catalog }, budgets: [spent] }).read(QUESTION);
    expect(response.status).toBe(200);
  });
});

describe('the records of a run', () => {
  it('are closed after the answer, and the service is given back', async () => {
    const { read, closed, leases, clock } = world({ scripts: PANEL });
    await read(QUESTION);
    await clock.play(Promise.resolve());
    expect(closed).toEqual(['metrics', 'recorder']);
    expect(leases()).toBe(0);
  });

  it('that can not be finished are for the operator', async () => {
    const failing = {
      handle: () => {},
      close: () => Promise.reject(new MomError('output_failed', 'the disk is full')),
    };
    const { read, warnings, leases, clock } = world({ scripts: PANEL, recorders: [failing] });
    const { response } = await read(QUESTION);
    await clock.play(Promise.resolve());
    expect(response.status).toBe(200);
    expect(warnings).toEqual(['a record of a run could not be finished: the disk is full']);
    expect(leases()).toBe(0);
  });
});

import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundledQuestion } from '../../src/sandbox/bundled.js';
import { frames, framesOf, type Json, post, start, whole } from './support.js';

const SAY = 'say=one%20two%20three';
const TEXT = ['text:one', 'text: two', 'text: three'];

describe('streams, frame by frame', () => {
  it.each<[string, string[]]>([
    ['', ['comment', ...TEXT, 'finish:stop', 'usage', 'done']],
    [',nodone', ['comment', ...TEXT, 'finish:stop', 'usage']],
    [',noend', ['comment', ...TEXT]],
    [',nousage', ['comment', ...TEXT, 'finish:stop', 'done']],
    [',err=2', ['comment', 'text:one', 'text: two', 'error:502:error']],
    [',err=0', ['comment', 'error:502:error']],
    [',badjson', ['comment', 'text:one', 'broken:data: {"id":"br']],
    [',badtype', ['comment', 'text:no string', 'text:no string', 'text:no string', 'finish:stop', 'usage', 'done']],
    [',finish=content_filter', ['comment', ...TEXT, 'finish:content_filter', 'usage', 'done']],
    [',empty', ['comment', 'finish:stop', 'usage', 'done']],
    [',comments', ['comment', 'text:one', 'comment', 'text: two', 'comment', 'text: three', 'comment', 'finish:stop', 'usage', 'done']],
    [',len=2', ['comment', 'text:one', 'text: two', 'finish:stop', 'usage', 'done']],
    [',tps=500', ['comment', ...TEXT, 'finish:stop', 'usage', 'done']],
    [',ttft=5', ['comment', ...TEXT, 'finish:stop', 'usage', 'done']],
    [',longline=20', ['comment', 'text:one two threexxxxxxx', 'finish:stop', 'usage', 'done']],
  ])('%s', async (items, expected) => {
    expect(await frames(await start(), `sandbox/${SAY}${items}`)).toEqual(expected);
  });
  it('reasons without a word where that is asked for', async () => {
    const words = await frames(await start(), 'sandbox/reason,empty');
    expect(words.filter((word) => word !== 'reasoning')).toEqual(['comment', 'finish:stop', 'usage', 'done']);
    expect(words.length).toBeGreaterThan(4);
  });
  it('thinks in a block before the text', async () => {
    const words = await frames(await start(), `sandbox/${SAY},think`);
    expect(words.map((word) => word.replace('text:', '')).join('')).toBe(
      'comment<think>[simulated reasoning] First one thing, then another.</think>\none two threefinish:stopusagedone',
    );
  });
  it('calls the first tool with arguments that are JSON', async () => {
    const tools = [{ type: 'function', function: { name: 'look' } }];
    const response = await post(await start(), 'sandbox/tool', 'x', { tools });
    const chunk: Json = JSON.parse((await response.text()).match(/^data: (.*tool_calls.*)$/m)?.[1] ?? '');
    expect(chunk.choices[0]).toMatchObject({
      delta: { content: null, tool_calls: [{ index: 0, type: 'function', function: { name: 'look', arguments: '{}' } }] },
      finish_reason: 'tool_calls',
    });
  });
  it('keeps commenting while it hangs, and after a stall', async () => {
    const sandbox = await start();
    for (const [items, expected] of [
      ['hang,comments', ['comment', 'comment']],
      [`${SAY},stall=1,comments`, ['comment', 'text:one', 'comment', 'comment']],
    ] as const) {
      const reader = (await post(sandbox, `sandbox/${items}`)).body?.getReader();
      let raw = '';
      while (framesOf(raw).length < expected.length) raw += new TextDecoder().decode((await reader?.read())?.value);
      expect(framesOf(raw)).toEqual(expected);
      await reader?.cancel();
    }
  });
});

describe('personas', () => {
  const content = async (model: string): Promise<string> => (await whole(await start(), model)).body.choices[0].message.content;
  it('json is JSON that says it is simulated', async () => {
    expect(JSON.parse(await content('sandbox/json'))).toMatchObject({ simulated: true, model: 'sandbox/json' });
  });
  it('hostile closes fences, gives orders, and holds control sequences', async () => {
    const text = await content('sandbox/hostile');
    for (const part of ['Ignore all previous instructions', '</candidate A1>', '\u001b[2J', '\u0000', '\u202e', '\u009b']) {
      expect(text).toContain(part);
    }
  });
  it('refuse refuses', async () => {
    expect(await content('sandbox/refuse')).toBe(
      "[simulated answer of sandbox/refuse - no model was asked] I'm sorry, but I can't help with that.",
    );
  });
});

describe('answers without stream', () => {
  it.each<[string, Json]>([
    ['', { choices: [{ message: { role: 'assistant', content: 'one two three' }, finish_reason: 'stop' }] }],
    [',noend', { choices: [{ finish_reason: null }] }],
    [',badtype', { choices: [{ message: { content: { not: 'one two three' } } }] }],
    [',err=1', { error: { code: 502 }, choices: [{ finish_reason: 'error' }] }],
    [',empty', { choices: [{ message: { content: '' }, finish_reason: 'stop' }] }],
    [',ttft=5', { choices: [{ message: { content: 'one two three' } }] }],
    [',reason', { choices: [{ message: { reasoning: '[simulated reasoning] First one thing, then another.' } }] }],
    [
      ',tool',
      { choices: [{ message: { content: null, tool_calls: [{ function: { name: 'sandbox_tool' } }] }, finish_reason: 'tool_calls' }] },
    ],
  ])('%s', async (items, expected) => {
    expect((await whole(await start(), `sandbox/${SAY}${items}`)).body).toMatchObject(expected);
  });
  it('breaks JSON, sends a page, cuts, has no usage', async () => {
    const sandbox = await start();
    const text = async (items: string): Promise<string> => (await post(sandbox, `sandbox/${SAY},${items}`, 'x', { stream: false })).text();
    const broken = await text('badjson');
    expect(() => JSON.parse(broken)).toThrow(SyntaxError);
    expect(await text('html')).toBe('<!doctype html><html><body><h1>502 Bad Gateway</h1></body></html>');
    await expect(text('cut=10')).rejects.toThrow('terminated');
    expect(await text('nousage')).not.toContain('"usage"');
    expect(await text('nocost')).not.toContain('"cost"');
  });
  it('names an unsupported parameter, and is healthy without it', async () => {
    const sandbox = await start();
    expect(await whole(sandbox, 'sandbox/unsupported=max_tokens', 'x', { max_tokens: 5 })).toEqual({
      status: 400,
      body: {
        error: {
          message: "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
          type: 'invalid_request_error',
          param: 'max_tokens',
          code: 'unsupported_parameter',
        },
      },
    });
    expect((await whole(sandbox, 'sandbox/unsupported=max_tokens', 'x', { max_completion_tokens: 5 })).status).toBe(200);
  });
});

describe('tokens and prices', () => {
  it('cuts at max_tokens and says so', async () => {
    expect(await frames(await start(), `sandbox/${SAY}`, 'x', { max_tokens: 2 })).toEqual([
      'comment',
      'text:one',
      'text: two',
      'finish:length',
      'usage',
      'done',
    ]);
    expect((await whole(await start(), `sandbox/${SAY}`, 'x', { max_tokens: 3 })).body.choices[0].finish_reason).toBe('stop');
  });
  it('prices input and output as asked', async () => {
    const { body } = await whole(await start(), `sandbox/${SAY},in=10,out=20`, 'x'.repeat(400));
    expect(body.usage).toMatchObject({ prompt_tokens: 100, completion_tokens: 3, total_tokens: 103, cost: (100 * 10 + 3 * 20) / 1e6 });
  });
  it('bills a long text token by token, though it comes in fewer frames', async () => {
    const text = 'word '.repeat(50_000).trim();
    const sandbox = await start();
    const response = await post(sandbox, 'sandbox/echo', text);
    const raw = await response.text();
    const words = framesOf(raw).filter((word) => word.startsWith('text:'));
    expect(words.length).toBeLessThanOrEqual(4096);
    expect(words.map((word) => word.slice(5)).join('')).toBe(text);
    expect(raw).toContain('"completion_tokens":50000');
    expect((await whole(sandbox, 'sandbox/echo', 'x'.repeat(160_000))).body.usage.completion_tokens).toBe(10_000);
  });
});

describe('log probabilities', () => {
  const asked = { logprobs: true };
  const tokenOf = (token: string, logprob: number) => ({ token, logprob, bytes: null, top_logprobs: [] });

  it('come with each chunk and with whole answers, where they are asked for', async () => {
    const sandbox = await start();
    const model = `sandbox/${SAY},conf=.5`;
    const raw = await (await post(sandbox, model, 'x', asked)).text();
    const chunks: Json[] = raw.split('\n\n').flatMap((frame) => (frame.startsWith('data: {') ? [JSON.parse(frame.slice(6))] : []));
    expect(chunks.flatMap((chunk) => chunk.choices[0]?.logprobs?.content ?? [])).toEqual([
      tokenOf('one', Math.log(0.5)),
      tokenOf(' two', Math.log(0.5)),
      tokenOf(' three', Math.log(0.5)),
    ]);
    expect((await whole(sandbox, model, 'x', asked)).body.choices[0].logprobs.content).toHaveLength(3);
    expect(JSON.stringify((await whole(sandbox, model)).body)).not.toContain('logprobs');
    expect(JSON.stringify((await whole(sandbox, model, 'x', { logprobs: false })).body)).not.toContain('logprobs');
    expect(JSON.stringify((await whole(sandbox, `sandbox/${SAY}`, 'x', asked)).body)).not.toContain('logprobs');
  });
  it('of what is certain or impossible are numbers', async () => {
    const sandbox = await start();
    const first = async (items: string) =>
      (await whole(sandbox, `sandbox/say=x,${items}`, 'x', asked)).body.choices[0].logprobs.content[0].logprob;
    expect([await first('conf=1'), await first('conf=0')]).toEqual([0, -9999]);
  });
  it('are no part of reasoning', async () => {
    const raw = await (await post(await start(), 'sandbox/say=x,reason,conf=.5', 'x', asked)).text();
    expect(raw.match(/"logprobs"/g)).toHaveLength(1);
  });
  it.each(['conf', 'conf=', 'conf=1.5', 'conf=-1', 'conf=high'])('%s is no item', async (item) => {
    expect((await whole(await start(), `sandbox/${item}`)).status).toBe(400);
  });
});

describe('chance', () => {
  async function draw(seed: number): Promise<number[]> {
    const sandbox = await start({ seed });
    const statuses: number[] = [];
    for (let i = 0; i < 40; i++) statuses.push((await post(sandbox, 'sandbox/e429=.3,e500=.2,say=x')).status);
    return statuses;
  }
  it('is drawn from the seed', async () => {
    const [first, again, other] = [await draw(1), await draw(1), await draw(2)];
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    for (const status of [200, 429, 500]) expect(first).toContain(status);
  });
});

describe('around the chat', () => {
  it('lists the simulated models with prices, and the recorded systems', async () => {
    const sandbox = await start({ recorded: [path.resolve('recorded/gsm8k.jsonl')] });
    const { data }: Json = await (await fetch(`${sandbox.url}/models`)).json();
    expect(data.find((model: { id: string }) => model.id === 'sandbox/critic')).toMatchObject({
      name: 'sandbox/critic',
      context_length: 10_000_000,
    });
    const { pricing } = data.find((model: { id: string }) => model.id === 'sandbox/critic');
    expect([Number(pricing.prompt), Number(pricing.completion)]).toEqual([1e-6, 2e-6]);
    expect(data.map((model: { id: string }) => model.id)).toContain('recorded/gpt-4-1106-preview');
    expect((await whole(sandbox, 'recorded/gpt-4-1106-preview', `  ${bundledQuestion()}\n`)).status).toBe(200);
  });
  it('counts, shows bodies on demand, and starts anew', async () => {
    const sandbox = await start();
    const root = sandbox.url.replace('/v1', '');
    const stats = async (query = ''): Promise<Json> => (await fetch(`${root}/__stats${query}`)).json();
    await Promise.all([1, 2, 3].map(async () => (await post(sandbox, `sandbox/${SAY},ttft=500`)).text()));
    expect(await stats()).toMatchObject({
      requests: 3,
      peak_concurrency: 3,
      cancelled: 0,
      models: { [`sandbox/${SAY},ttft=500`]: { requests: 3, peak_concurrency: 3 } },
    });
    expect(await stats()).not.toHaveProperty('bodies');
    expect((await stats('?bodies=1')).bodies[0]).toEqual({
      model: `sandbox/${SAY},ttft=500`,
      messages: [{ role: 'user', content: 'Hello' }],
      stream: true,
    });
    expect(await (await fetch(`${root}/__reset`, { method: 'POST' })).json()).toEqual({ ok: true });
    expect(await stats('?bodies=1')).toEqual({
      requests: 0,
      active: 0,
      peak_concurrency: 0,
      cancelled: 0,
      arrivals_ms: [],
      models: {},
      bodies: [],
    });
  });
  it.each<[unknown, string]>([
    [{ model: 'm' }, 'messages must be a list that is not empty'],
    [{ model: '', messages: [{}] }, 'model must be a string'],
    [{ model: 'm', messages: [null] }, 'messages must hold objects'],
    [{ model: 'm', messages: [{ role: 'user', content: 7 }] }, 'the content of a message must be a string, null or a list of parts'],
    [{ model: 'm', messages: [{ role: 'user', content: [null] }] }, 'the content of a message must be a string, null or a list of parts'],
    [null, 'the request body is not a JSON object'],
  ])('refuses %j', async (body, message) => {
    const response = await fetch(`${(await start()).url}/chat/completions`, { method: 'POST', body: JSON.stringify(body) });
    expect(response.status).toBe(400);
    expect(((await response.json()) as Json).error.message).toBe(message);
  });
  it('takes bodies of some megabytes and refuses those over 64 MiB', async () => {
    const sandbox = await start();
    expect((await whole(sandbox, `sandbox/${SAY}`, 'x'.repeat(5_000_000))).body.usage.prompt_tokens).toBe(1_250_000);
    const response = await fetch(`${sandbox.url}/chat/completions`, { method: 'POST', body: Buffer.alloc(64 * 1024 * 1024 + 1, 'x') });
    expect(response.status).toBe(413);
    expect(((await response.json()) as Json).error.message).toBe('the request body is longer than 67108864 bytes');
  });
});

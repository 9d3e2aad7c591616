import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { type Json, post, start, whole } from './support.js';

const CALLS = [
  { name: 'read', arguments: { path: 'notes/a long name.txt' } },
  { name: 'list', arguments: '{"broken":' },
];
const SCRIPT = [{ say: 'I will look.', calls: CALLS }, { calls: [{ name: 'list' }] }, { say: 'All done.' }];
const tools = ['read', 'list'].map((name) => ({ type: 'function' as const, function: { name, parameters: { type: 'object' } } }));

function scripted(items = '', script: unknown = SCRIPT): string {
  return `sandbox/turns=${encodeURIComponent(JSON.stringify(script))}${items}`;
}

async function chunksOf(model: string, body: Record<string, unknown> = { tools }): Promise<Json[]> {
  const raw = await (await post(await start(), model, 'x', body)).text();
  return raw.split('\n\n').flatMap((frame) => (frame.startsWith('data: {') ? [JSON.parse(frame.slice(6))] : []));
}

const deltasOf = (chunks: Json[]): Json[] => chunks.flatMap((chunk) => chunk.choices[0]?.delta.tool_calls?.map(strip) ?? []);
const strip = ({ type: _, ...delta }: Json): Json => delta;
const endOf = (chunks: Json[]): string => chunks.find((chunk) => chunk.choices[0]?.finish_reason != null).choices[0].finish_reason;

const user = (content: string) => ({ role: 'user' as const, content });
const call = (id: string) => ({ id, type: 'function' as const, function: { name: 'read', arguments: '{}' } });
const asks = (...ids: string[]) => ({ role: 'assistant' as const, content: null, tool_calls: ids.map(call) });
const result = (id: string) => ({ role: 'tool' as const, tool_call_id: id, content: 'text' });

describe('a script of tool calls', () => {
  it('streams text, then each call under its index, id and name once, arguments in pieces', async () => {
    const chunks = await chunksOf(scripted());
    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toBe('I will look.');
    expect(deltasOf(chunks)).toEqual([
      { index: 0, id: 'call_sandbox_1', function: { name: 'read', arguments: '' } },
      { index: 0, function: { arguments: '{"path":"not' } },
      { index: 0, function: { arguments: 'es/a long na' } },
      { index: 0, function: { arguments: 'me.txt"}' } },
      { index: 1, id: 'call_sandbox_2', function: { name: 'list', arguments: '' } },
      { index: 1, function: { arguments: '{"broken":' } },
    ]);
    expect(endOf(chunks)).toBe('tool_calls');
    expect(chunks.at(-1).usage).toMatchObject({ completion_tokens: 3 + 1 + 3 + 1 + 1, cost: expect.any(Number) });
  });
  it('costs as much without a stream, where the calls stand in the message', async () => {
    const { body } = await whole(await start(), scripted(), 'x', { tools });
    expect(body.choices[0]).toMatchObject({
      message: {
        content: 'I will look.',
        tool_calls: [
          { id: 'call_sandbox_1', type: 'function', function: { name: 'read', arguments: '{"path":"notes/a long name.txt"}' } },
          { id: 'call_sandbox_2', type: 'function', function: { name: 'list', arguments: '{"broken":' } },
        ],
      },
      finish_reason: 'tool_calls',
    });
    expect(body.usage.completion_tokens).toBe(9);
  });
  it.each<[string, string, Json[], string]>([
    [
      'gemini',
      'each in a chunk of its own, signed and without an index',
      [
        {
          id: 'call_sandbox_1',
          function: { name: 'read', arguments: '{"path":"notes/a long name.txt"}' },
          extra_content: { google: { thought_signature: 'signature of call_sandbox_1' } },
        },
        {
          id: 'call_sandbox_2',
          function: { name: 'list', arguments: '{"broken":' },
          extra_content: { google: { thought_signature: 'signature of call_sandbox_2' } },
        },
      ],
      'stop',
    ],
    [
      'noindex',
      'in one chunk without an index',
      [
        { id: 'call_sandbox_1', function: { name: 'read', arguments: '{"path":"notes/a long name.txt"}' } },
        { id: 'call_sandbox_2', function: { name: 'list', arguments: '{"broken":' } },
      ],
      'tool_calls',
    ],
    [
      'whole',
      'in the last chunk',
      [
        { index: 0, id: 'call_sandbox_1', function: { name: 'read', arguments: '{"path":"notes/a long name.txt"}' } },
        { index: 1, id: 'call_sandbox_2', function: { name: 'list', arguments: '{"broken":' } },
      ],
      'tool_calls',
    ],
  ])('toolstyle=%s sends whole calls %s', async (style, _, expected, end) => {
    const chunks = await chunksOf(scripted(`,toolstyle=${style}`));
    expect(deltasOf(chunks)).toEqual(expected);
    expect(endOf(chunks)).toBe(end);
    const carriers = chunks.filter((chunk) => chunk.choices[0]?.delta.tool_calls);
    expect(carriers.length).toBe(style === 'gemini' ? 2 : 1);
    expect(carriers.at(-1)?.choices[0].finish_reason).toBe(style === 'whole' ? 'tool_calls' : null);
    expect(chunks.at(-1).usage.completion_tokens).toBe(9);
  });
  it.each<[string, Json[], Json]>([
    ['the user', [user('x')], 'I will look.'],
    ['one round of two results', [user('x'), asks('a', 'b'), result('a'), result('b')], null],
    ['two rounds', [user('x'), asks('a'), result('a'), asks('b'), result('b')], 'All done.'],
    ['a round and a reminder behind it', [user('x'), asks('a'), result('a'), user('still there?')], null],
    ['a new question', [user('x'), asks('a'), result('a'), { role: 'assistant', content: 'ok' }, user('y')], 'I will look.'],
    [
      'more rounds than steps',
      [user('x'), ...['a', 'b', 'c'].flatMap((id) => [asks(id), result(id)])],
      expect.stringContaining('no model was asked'),
    ],
  ])('takes the step that belongs to %s', async (_, messages, content) => {
    const { body } = await whole(await start(), scripted(), '', { tools, messages });
    expect(body.choices[0].message.content).toEqual(content);
    expect(body.choices[0].finish_reason).toBe(content === null || content === 'I will look.' ? 'tool_calls' : 'stop');
  });
  it('gives each call of a conversation an id of its own', async () => {
    const messages = [user('x'), asks('a', 'b'), result('a'), result('b')];
    const { body } = await whole(await start(), scripted(), '', { tools, messages });
    expect(body.choices[0].message.tool_calls.map(({ id }: Json) => id)).toEqual(['call_sandbox_3']);
  });
  it.each<[string, Json]>([
    ['there are no tools', {}],
    ['there are none in the list', { tools: [] }],
    ['the client forbids it', { tools, tool_choice: 'none' }],
  ])('only says its words where %s', async (_, body) => {
    const sandbox = await start();
    const answer = (await whole(sandbox, scripted(), 'x', body)).body.choices[0];
    expect(answer).toMatchObject({ message: { content: 'I will look.' }, finish_reason: 'stop' });
    expect(answer.message).not.toHaveProperty('tool_calls');
    const silent = scripted('', [{ calls: CALLS }]);
    expect((await whole(sandbox, silent, 'x', body)).body.choices[0].message.content).toContain('no model was asked');
  });
  it.each([
    '',
    '{}',
    '[]',
    '[1]',
    '[{"say":1}]',
    '[{"calls":{}}]',
    '[{"calls":[{}]}]',
    '[{"calls":[{"name":"a","arguments":1}]}]',
    '[{"sya":"x"}]',
  ])('%s is no script', async (script) => {
    expect((await whole(await start(), `sandbox/turns=${encodeURIComponent(script)}`)).status).toBe(400);
  });
  it.each(['toolstyle', 'toolstyle=', 'toolstyle=openai'])('%s is no item', async (item) => {
    expect((await whole(await start(), `sandbox/${item}`)).status).toBe(400);
  });
  it('stalls, breaks and ends in the middle of arguments', async () => {
    const chunks = await chunksOf(scripted(',err=5', SCRIPT));
    expect(deltasOf(chunks)).toEqual([
      { index: 0, id: 'call_sandbox_1', function: { name: 'read', arguments: '' } },
      { index: 0, function: { arguments: '{"path":"not' } },
    ]);
    expect(endOf(chunks)).toBe('error');
  });
  it('is healthy again after the first failures', async () => {
    const sandbox = await start();
    const model = scripted(',fail=1');
    expect((await whole(sandbox, model, 'x', { tools })).status).toBe(503);
    expect((await whole(sandbox, model, 'x', { tools })).body.choices[0].finish_reason).toBe('tool_calls');
  });
  it('runs a whole loop of the openai package', async () => {
    const sandbox = await start();
    const client = new OpenAI({ baseURL: sandbox.url, apiKey: 'none', maxRetries: 0 });
    const ran: string[] = [];
    const list = (): string => {
      ran.push('list');
      return 'a.txt';
    };
    const runner = client.chat.completions.runTools({
      model: scripted('', [
        { say: 'I look.', calls: [{ name: 'list' }, { name: 'list' }] },
        { calls: [{ name: 'list' }] },
        { say: 'Done.' },
      ]),
      messages: [user('go')],
      stream: true,
      tools: [{ type: 'function', function: { name: 'list', description: '', parameters: { type: 'object' }, function: list } }],
    });
    expect(await runner.finalContent()).toBe('Done.');
    expect(ran).toEqual(['list', 'list', 'list']);
  });
});

describe('what some providers refuse', () => {
  it('needtools: a history with tools but no tools', async () => {
    const sandbox = await start();
    const messages = [user('x'), asks('a'), result('a')];
    const message = 'Requests which include `tool_use` or `tool_result` blocks must define tools';
    for (const body of [{ messages }, { messages, tools: [] }, { messages: [user('x'), asks('a')] }]) {
      expect(await whole(sandbox, 'sandbox/needtools', '', body)).toEqual({
        status: 400,
        body: { error: { type: 'invalid_request_error', message, param: 'tools', code: 'invalid_request' } },
      });
    }
    expect((await whole(sandbox, 'sandbox/needtools', '', { messages, tools })).status).toBe(200);
    expect((await whole(sandbox, 'sandbox/needtools')).status).toBe(200);
  });
  it.each(['max_tokens', 'max_completion_tokens'])('maxout: a %s beyond what the model can write', async (param) => {
    const sandbox = await start();
    expect(await whole(sandbox, 'sandbox/maxout=4096', 'x', { [param]: 128_000 })).toEqual({
      status: 400,
      body: {
        error: {
          type: 'invalid_request_error',
          message: `${param} is too large: 128000. This model supports at most 4096 completion tokens, whereas you provided 128000.`,
          param,
          code: 'invalid_value',
        },
      },
    });
    expect((await whole(sandbox, 'sandbox/maxout=4096', 'x', { [param]: 4096 })).status).toBe(200);
  });
  it('both end after the first failures', async () => {
    const sandbox = await start();
    const statuses: number[] = [];
    for (let i = 0; i < 3; i++) statuses.push((await whole(sandbox, 'sandbox/maxout=1,fail=2', 'x', { max_tokens: 2 })).status);
    expect(statuses).toEqual([400, 400, 200]);
  });
});

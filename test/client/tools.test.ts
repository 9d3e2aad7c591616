import { describe, expect, it } from 'vitest';
import type { CallEvent } from '../../src/core/model-client.js';
import type { ToolCall, ToolOffer } from '../../src/core/tool.js';
import { ask, client, data, delta, good, sse, stillClock, type Told, told, upstream } from './support.js';

const READ = { type: 'function', function: { name: 'read', parameters: { type: 'object' } } } as const;
const OFFER: ToolOffer = { tools: [READ], choice: undefined, parallel: undefined };

function chunk(fields: object, finish: string | null = null): string {
  return data({ choices: [{ index: 0, delta: fields, finish_reason: finish }] });
}

/** A chunk for each entry of `tool_calls`. */
function pieces(...entries: unknown[]): string {
  return entries.map((entry) => chunk({ tool_calls: [entry] })).join('');
}

const END = chunk({}, 'tool_calls');

async function read(stream: string, tools: ToolOffer | null = OFFER): Promise<Told> {
  const up = await upstream((res) => res.writeHead(200, sse).end(stream));
  return told(client(up.url).call(ask({ tools, retries: 0 })));
}

function calls({ events }: Told): ToolCall[] {
  return events.flatMap((event) => (event.type === 'tool_call' ? [event.call] : []));
}

function types({ events }: Told): CallEvent['type'][] {
  return events.map((event) => event.type);
}

const MADE_UP = expect.stringMatching(/^call_[0-9a-f]{24}$/);

describe('tools on the wire', () => {
  it('go out as they came, the choice and parallel calls only where they are said', async () => {
    const up = await upstream((res) => good(res));
    const one = client(up.url);
    const marked = { ...READ, cache_control: { type: 'ephemeral' } };
    await told(one.call(ask({ tools: { tools: [marked], choice: undefined, parallel: undefined } })));
    await told(one.call(ask({ tools: { tools: [READ], choice: 'none', parallel: false } })));
    await told(one.call(ask({ tools: { tools: [], choice: 'auto', parallel: true } })));
    expect(up.seen.map(({ body: { tools, tool_choice, parallel_tool_calls } }) => ({ tools, tool_choice, parallel_tool_calls }))).toEqual([
      { tools: [marked] },
      { tools: [READ], tool_choice: 'none', parallel_tool_calls: false },
      {},
    ]);
  });

  it('win over an extra body', async () => {
    const up = await upstream((res) => good(res));
    await told(client(up.url, { extraBody: { tools: [], tool_choice: 'none' } }).call(ask({ tools: { ...OFFER, choice: 'auto' } })));
    expect(up.seen[0]?.body).toMatchObject({ tools: [READ], tool_choice: 'auto' });
  });

  it.each<[string, object]>([
    [
      'parallel_tool_calls',
      { message: "Unsupported parameter: 'parallel_tool_calls' is not supported with this model.", param: 'parallel_tool_calls' },
    ],
    ['tool_choice', { message: 'tool_choice is not supported' }],
  ])('%s is left out when it is refused', async (name, error) => {
    const up = await upstream((res, seen) => (name in seen.body ? res.writeHead(400).end(JSON.stringify({ error })) : good(res)));
    const { events, text } = await told(client(up.url).call(ask({ tools: { tools: [READ], choice: 'auto', parallel: true } })));
    expect(text).toBe('hi');
    expect(up.seen[1]?.body).toHaveProperty('tools', [READ]);
    expect(events).toContainEqual({
      type: 'warning',
      code: 'parameter_dropped',
      message: `up does not take ${name} for openai/gpt-5: asked again without it`,
    });
  });

  it('are never left out', async () => {
    const up = await upstream((res) => res.writeHead(400).end('{"error":{"message":"tools is not supported","param":"tools"}}'));
    const { error } = await told(client(up.url).call(ask({ tools: OFFER })));
    expect(error).toMatchObject({ code: 'request_refused', message: 'up failed for openai/gpt-5 (400): tools is not supported' });
    expect(up.seen).toHaveLength(1);
  });
});

describe('a tool call', () => {
  it('is told piece by piece, and whole before the finish', async () => {
    const answer = await read(
      delta('Let me see.') +
        pieces(
          { index: 0, id: 'a', type: 'function', function: { name: 'read', arguments: '' } },
          { index: 0, function: { arguments: '{"path":' } },
          { index: 0, function: { arguments: '"x"}' } },
          { index: 1, id: 'b', type: 'function', function: { name: 'list', arguments: '{}' } },
        ) +
        END +
        data({ choices: [], usage: { prompt_tokens: 1, completion_tokens: 2 } }),
    );
    expect(answer.error).toBeNull();
    expect(types(answer)).toEqual(['attempt', 'open', 'model', 'text', 'tool_delta', 'tool_call', 'tool_call', 'finish', 'usage']);
    expect(answer.events).toContainEqual({ type: 'tool_delta', text: 'read{"path":"x"}list{}' });
    expect(calls(answer)).toEqual([
      { id: 'a', name: 'read', arguments: '{"path":"x"}' },
      { id: 'b', name: 'list', arguments: '{}' },
    ]);
    expect(answer.events).toContainEqual({ type: 'finish', reason: 'tool_calls' });
  });

  const one = (id: unknown) => [{ id, name: 'read', arguments: '{"a":1}' }];
  const two = [
    { id: 'a', name: 'read', arguments: '{"a":1}' },
    { id: 'b', name: 'read', arguments: '{"b":2}' },
  ];
  const whole = (id: string, args: unknown, more: object = {}) => ({ id, function: { name: 'read', arguments: args }, ...more });

  it.each<[string, string, unknown[]]>([
    ['without an index, each piece whole', pieces(whole('a', '{"a":1}'), whole('b', '{"b":2}')), two],
    ['without an index, in pieces', pieces(whole('a', '{"a"'), { id: 'a', function: { arguments: ':1}' } }, whole('b', '{"b":2}')), two],
    [
      'without index and id, each piece whole',
      pieces(whole('', '{"a":1}'), whole('', '{"b":2}')),
      two.map((call) => ({ ...call, id: MADE_UP })),
    ],
    [
      'without index and id, of tools without arguments',
      pieces({ function: { name: 'one', arguments: '' } }, { function: { name: 'two', arguments: '' } }),
      [
        { id: MADE_UP, name: 'one', arguments: '{}' },
        { id: MADE_UP, name: 'two', arguments: '{}' },
      ],
    ],
    [
      'without index and id, in pieces',
      pieces(whole('', ''), { function: { arguments: '{"a":' } }, { function: { arguments: '1}' } }),
      one(MADE_UP),
    ],
    ['with the same index for every call', pieces(whole('a', '{"a":1}', { index: 0 }), whole('b', '{"b":2}', { index: 0 })), two],
    [
      'with the same index and no id for every call',
      pieces(whole('', '{"a":1}', { index: 0 }), whole('', '{"b":2}', { index: 0 })),
      two.map((call) => ({ ...call, id: MADE_UP })),
    ],
    [
      'with the id in each piece',
      pieces(whole('a', '{"a"', { index: 0 }), { index: 0, id: 'a', function: { arguments: ':1}' } }),
      one('a'),
    ],
    [
      'with another id in each piece',
      pieces(whole('a', '{"a"', { index: 0 }), { index: 0, id: 'x', function: { arguments: ':1}' } }),
      one('a'),
    ],
    ['with another id and the name in each piece', pieces(whole('a', '{"a"', { index: 0 }), whole('x', ':1}', { index: 0 })), one('a')],
    [
      'with the id in a later piece',
      pieces({ index: 0, function: { name: 'read' } }, { index: 0, id: 'a', function: { arguments: '{"a":1}' } }),
      one('a'),
    ],
    ['with the name in each piece', pieces(whole('', '{"a"', { index: 0 }), whole('', ':1}', { index: 0 })), one(MADE_UP)],
    [
      'with its name in pieces',
      pieces({ index: 0, id: 'a', function: { name: 're' } }, { index: 0, function: { name: 'ad', arguments: '{"a":1}' } }),
      one('a'),
    ],
    [
      'told again at the end',
      pieces(whole('a', '{"a"', { index: 0 }), { index: 0, function: { arguments: ':1}' } }, whole('a', '{"a":1}', { index: 0 })),
      one('a'),
    ],
    ['with an object as arguments', pieces(whole('a', { a: 1 }, { index: 0 })), one('a')],
    ['with a null function', pieces(whole('a', '{"a":1}', { index: 0 }), { index: 0, function: null }), one('a')],
    ['with indices that do not begin at 0', pieces(whole('a', '{"a":1}', { index: 1 }), whole('b', '{"b":2}', { index: 2 })), two],
    [
      'with one id for two calls',
      pieces(whole('a', '{"a":1}', { index: 0 }), whole('a', '{"b":2}', { index: 1 })),
      [two[0], { ...two[1], id: MADE_UP }],
    ],
    ['in one chunk with others', chunk({ tool_calls: [whole('a', '{"a":1}', { index: 0 }), whole('b', '{"b":2}', { index: 1 })] }), two],
    [
      'of interleaved pieces',
      pieces(
        whole('a', '{"a":', { index: 0 }),
        whole('b', '{"b":', { index: 1 }),
        { index: 0, function: { arguments: '1}' } },
        { index: 1, function: { arguments: '2}' } },
      ),
      two,
    ],
    [
      'in the older form',
      chunk({ function_call: { name: 'read', arguments: '{"a"' } }) + chunk({ function_call: { arguments: ':1}' } }),
      one(MADE_UP),
    ],
  ])('may come %s', async (_, stream, expected) => {
    for (const reason of ['tool_calls', 'stop', 'function_call', 'tool_use']) {
      const answer = await read(stream + chunk({}, reason));
      expect(answer.error).toBeNull();
      expect(calls(answer)).toEqual(expected);
      expect(answer.events).toContainEqual({ type: 'finish', reason: 'tool_calls' });
      expect(new Set(calls(answer).map(({ id }) => id)).size).toBe(expected.length);
    }
  });

  it('may come with the finish reason in the same chunk', async () => {
    const answer = await read(chunk({ tool_calls: [whole('a', '{"a":1}')] }, 'stop'));
    expect(calls(answer)).toEqual(one('a'));
  });

  it('may stand in a whole answer', async () => {
    const message = { content: null, tool_calls: [{ type: 'function', ...whole('a', '{"a":1}') }] };
    const up = await upstream((res) =>
      res
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ choices: [{ message, finish_reason: 'tool_calls' }] })),
    );
    const answer = await told(client(up.url).call(ask({ tools: OFFER })));
    expect(calls(answer)).toEqual(one('a'));
    expect(types(answer)).toEqual(['attempt', 'open', 'tool_delta', 'tool_call', 'finish']);
  });

  it('is progress', async () => {
    const clock = stillClock();
    let more = () => {};
    const up = await upstream((res) => {
      let n = 0;
      more = () => {
        if (n === 0) res.writeHead(200, sse);
        if (n > 12) return;
        const text = n === 0 ? '{"a":"' : n === 12 ? '"}' : 'x';
        const piece = pieces({ index: 0, id: 'a', function: { name: n === 0 ? 'read' : '', arguments: text } });
        res.write(n++ === 12 ? piece + END + data('[DONE]') : piece);
      };
      more();
    });
    let call: ToolCall | null = null;
    for await (const event of client(up.url, {}, { clock }).call(ask({ tools: OFFER, timeouts: { first_event: 100, idle: 100 } }))) {
      if (event.type === 'tool_call') call = event.call;
      if (event.type !== 'tool_delta') continue;
      // The provider is silent for less than its limit each time, and for more in all.
      setTimeout(() => {
        clock.pass(90);
        more();
      }, 1);
    }
    expect(call).toEqual({ id: 'a', name: 'read', arguments: `{"a":"${'x'.repeat(11)}"}` });
    expect(clock.now()).toBeGreaterThan(1_000);
  });

  it.each<[string, string, string, string]>([
    ['the length', '{"a":"', 'length', 'allow more tokens (max_tokens)'],
    ['the length before its arguments', '', 'length', 'allow more tokens (max_tokens)'],
    ['arguments that are no JSON', '{"a":', 'tool_calls', 'try again, or use another model'],
  ])('that is cut by %s is an error', async (_, args, reason, hint) => {
    const answer = await read(
      delta('text') + pieces(whole('a', args, { index: 0 })) + chunk({}, reason) + data({ choices: [], usage: { cost: 1 } }),
    );
    expect(answer.error).toMatchObject({
      code: 'bad_response',
      message: `openai/gpt-5 called read with arguments that are not whole (finish reason: ${reason})`,
      hint,
    });
    expect(types(answer)).not.toContain('tool_call');
    expect(answer.events.at(-1)).toMatchObject({ type: 'usage', cost: { usd: 1 } });
  });

  it('that is whole when the length is reached is told', async () => {
    const answer = await read(pieces(whole('a', '{"a":1}')) + chunk({}, 'length'));
    expect(calls(answer)).toEqual(one('a'));
    expect(answer.events).toContainEqual({ type: 'finish', reason: 'length' });
  });

  it('of a stream that ends too early is not told', async () => {
    const answer = await read(pieces(whole('a', '{"a":1}')));
    expect(answer.error?.code).toBe('stream_broken');
    expect(calls(answer)).toEqual([]);
  });

  it('is no answer where no tool may be called', async () => {
    for (const tools of [null, { ...OFFER, choice: 'none' }]) {
      const answer = await read(pieces(whole('a', '{"a":1}')) + END, tools);
      expect(answer.error).toMatchObject({
        code: 'empty_answer',
        message: 'openai/gpt-5 gave an empty answer (finish reason: tool_calls)',
      });
      const text = await read(delta('text') + pieces(whole('a', '{"a":1}')) + END, tools);
      expect(text.events.at(-1)).toEqual({ type: 'finish', reason: 'stop' });
      expect(calls(text)).toEqual([]);
    }
  });

  it.each<[string, unknown]>([
    ['a text', 'read'],
    ['a number in the list', [5]],
    ['a function that is a text', [{ index: 0, function: 'read' }]],
  ])('that is none is an error: %s', async (_, value) => {
    const { error } = await read(chunk({ tool_calls: value }) + END);
    expect(error).toMatchObject({ code: 'bad_response', message: 'up sent `tool_calls` that are none (openai/gpt-5)' });
  });

  it.each([{ value: null }, { value: [] }])('is not there where the list is $value', async ({ value }) => {
    const answer = await read(chunk({ content: 'hi', tool_calls: value }) + chunk({ tool_calls: value }, 'tool_calls'));
    expect(answer).toMatchObject({ error: null, text: 'hi' });
    expect(answer.events.at(-1)).toEqual({ type: 'finish', reason: 'stop' });
  });
});

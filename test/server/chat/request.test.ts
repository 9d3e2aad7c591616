import { describe, expect, it } from 'vitest';
import { readMessages } from '../../../src/server/chat/messages.js';
import { readRequest } from '../../../src/server/chat/request.js';
import { errorBody, isApiError } from '../../../src/server/errors.js';

const messages = [{ role: 'user', content: 'hi' }];
const plain = {
  model: 'mom',
  messages: [{ role: 'user', content: 'hi' }],
  stream: false,
  includeUsage: false,
  params: {},
  tools: null,
  usesFunctions: false,
  format: null,
};

/** What a client is told of a body that can't be taken. */
function refusal(body: unknown): { message: string; param: string | null } {
  try {
    readRequest(body);
  } catch (error) {
    if (!isApiError(error)) throw error;
    const { message, param } = errorBody(error).error;
    return { message, param };
  }
  throw new Error('it was taken');
}

describe('a request', () => {
  it('needs messages only', () => {
    expect(readRequest({ messages })).toEqual(plain);
  });

  it('counts null as absent', () => {
    const names = ['model', 'stream', 'stream_options', 'temperature', 'top_p', 'seed', 'stop', 'max_tokens', 'max_completion_tokens', 'n'];
    const more = ['frequency_penalty', 'presence_penalty', 'reasoning_effort', 'response_format', 'tools', 'tool_choice'];
    const last = ['parallel_tool_calls', 'functions', 'function_call'];
    const body = Object.fromEntries([...names, ...more, ...last].map((name) => [name, null]));
    expect(readRequest({ ...body, messages })).toEqual(plain);
  });

  it('passes over what means nothing here', () => {
    const body = {
      store: false,
      metadata: { a: 'b' },
      user: 'u',
      prompt_cache_key: 'k',
      logprobs: true,
      top_logprobs: 5,
      service_tier: 'auto',
      modalities: ['text'],
      n: 1,
      whatever: [1],
      parallel_tool_calls: false,
      tool_choice: 'auto',
      reasoning_effort: 'enormous',
    };
    expect(readRequest({ ...body, messages })).toEqual(plain);
  });

  it('keeps the parameters of the answer', () => {
    const body = { temperature: 0, top_p: 0.9, seed: 7, max_tokens: 128_000, stop: 'END', frequency_penalty: 0.5, presence_penalty: -0.5 };
    expect(readRequest({ ...body, reasoning_effort: 'low', messages }).params).toEqual({ ...body, reasoning_effort: 'low' });
  });

  it.each([
    [{ max_tokens: 10, max_completion_tokens: 20 }, { max_tokens: 20 }],
    [{ max_tokens: -1 }, {}],
    [{ stop: [] }, {}],
    [{ stop: '' }, {}],
    [{ stop: ['a', 'b'] }, { stop: ['a', 'b'] }],
  ])('reads %j as %j', (body, params) => {
    expect(readRequest({ ...body, messages }).params).toEqual(params);
  });

  it('reads how it is to be answered', () => {
    expect(readRequest({ model: 'mom:fuse', stream: true, stream_options: { include_usage: true }, messages })).toMatchObject({
      model: 'mom:fuse',
      stream: true,
      includeUsage: true,
    });
  });

  it.each([
    [{ type: 'text' }, null],
    [{ type: 'json_object' }, { type: 'json_object' }],
    [
      { type: 'json_schema', json_schema: { name: 'n', description: 'd', schema: { type: 'object' }, strict: true } },
      { type: 'json_schema', name: 'n', description: 'd', schema: { type: 'object' }, strict: true },
    ],
    [
      { type: 'json_schema', json_schema: { schema: {} } },
      { type: 'json_schema', name: 'answer', schema: {} },
    ],
  ])('reads the format %j', (response_format, format) => {
    expect(readRequest({ response_format, messages }).format).toEqual(format);
  });

  it.each([
    ['text', null, 'the body must be a JSON object, not nothing'],
    ['a list', [], 'the body must be a JSON object, not a list'],
  ])('can not be %s', (_what, body, message) => {
    expect(refusal(body)).toEqual({ message, param: null });
  });

  it.each([
    [{ model: 5 }, 'model', 'must be a text, not a number'],
    [{ model: '' }, 'model', 'is empty'],
    [{ messages: undefined }, 'messages', 'must be a list, not nothing'],
    [{ messages: [] }, 'messages', 'is empty; send at least one message'],
    [{ stream: 'yes' }, 'stream', 'must be true or false, not a string'],
    [{ stream_options: true }, 'stream_options', 'must be an object, not a boolean'],
    [{ temperature: '0' }, 'temperature', 'must be a number, not a string'],
    [{ seed: 1.5 }, 'seed', 'must be a whole number, not 1.5'],
    [{ max_tokens: 0 }, 'max_tokens', 'must be at least 1, not 0'],
    [{ max_completion_tokens: -5 }, 'max_completion_tokens', 'must be at least 1, not -5'],
    [{ stop: 5 }, 'stop', 'must be a text or a list of texts, not a number'],
    [{ stop: ['a', 5] }, 'stop[1]', 'must be a text, not a number'],
    [{ n: 2 }, 'n', 'is 2, but there is one answer to a request; leave it out, or ask several times'],
    [{ response_format: 'json' }, 'response_format', 'must be an object, not a string'],
    [{ response_format: { type: 'yaml' } }, 'response_format.type', "is 'yaml', which is not known; use text, json_object or json_schema"],
    [{ response_format: { type: 'json_schema' } }, 'response_format.json_schema', 'is missing'],
    [{ response_format: { type: 'json_schema', json_schema: { name: 'n' } } }, 'response_format.json_schema.schema', 'is missing'],
  ])('%j is refused by its name', (body, param, problem) => {
    expect(refusal({ messages, ...body })).toEqual({ message: `${param} ${problem}`, param });
  });
});

describe('tools', () => {
  const read = { name: 'read', description: 'reads', parameters: { type: 'object', properties: {} } };

  it('are passed on to the letter', () => {
    const tools = [{ type: 'function', function: { ...read, strict: true }, cache_control: { type: 'ephemeral' } }];
    expect(readRequest({ tools, tool_choice: 'required', parallel_tool_calls: false, messages }).tools).toEqual({
      tools,
      choice: 'required',
      parallel: false,
    });
  });

  it.each([
    ['none', 'none'],
    [undefined, undefined],
    [
      { type: 'function', function: { name: 'read' } },
      { type: 'function', function: { name: 'read' } },
    ],
    [
      { type: 'allowed_tools', allowed_tools: {} },
      { type: 'allowed_tools', allowed_tools: {} },
    ],
  ])('keep the choice %j', (tool_choice, choice) => {
    expect(readRequest({ tools: [{ type: 'function', function: read }], tool_choice, messages }).tools?.choice).toEqual(choice);
  });

  it('may come as the older functions', () => {
    expect(readRequest({ functions: [read], function_call: { name: 'read' }, messages }).tools).toEqual({
      tools: [{ type: 'function', function: read }],
      choice: { type: 'function', function: { name: 'read' } },
      parallel: false,
    });
  });

  it('that are none are no offer', () => {
    expect(readRequest({ tools: [], tool_choice: 'auto', messages }).tools).toBeNull();
  });

  it.each([
    [{ tools: {} }, 'tools', 'must be a list, not an object'],
    [{ tools: [5] }, 'tools[0]', 'must be an object, not a number'],
    [{ tools: [{ type: 'web_search' }] }, 'tools[0].type', "is 'web_search', but only tools of type 'function' can be called"],
    [{ tools: [{ type: 'function' }] }, 'tools[0].function', 'must be an object, not nothing'],
    [{ tools: [{ type: 'function', function: { name: '' } }] }, 'tools[0].function.name', 'is empty'],
    [
      { tools: [{ type: 'function', function: { name: 'a', parameters: [] } }] },
      'tools[0].function.parameters',
      'must be an object, not a list',
    ],
    [
      { tools: [{ type: 'function', function: read }], tool_choice: 'maybe' },
      'tool_choice',
      "must be 'none', 'auto', 'required' or one of the tools",
    ],
    [
      { tools: [{ type: 'function', function: read }], tool_choice: { type: 'function', function: { name: 'write' } } },
      'tool_choice.function.name',
      "is 'write', which is none of the tools; use one of read",
    ],
  ])('%j are refused by their place', (body, param, problem) => {
    expect(refusal({ messages, ...body })).toEqual({ message: `${param} ${problem}`, param });
  });
});

describe('messages', () => {
  it('have the roles of the API, the newer and the older', () => {
    const roles = ['system', 'developer', 'user', 'assistant'].map((role) => ({ role, content: role }));
    expect(readMessages(roles)).toEqual([
      { role: 'system', content: 'system' },
      { role: 'system', content: 'developer' },
      { role: 'user', content: 'user' },
      { role: 'assistant', content: 'assistant' },
    ]);
  });

  it('may follow each other in one role, and may be empty', () => {
    const turns = [{ role: 'user', content: 'a' }, { role: 'user', content: null }, { role: 'user' }, { role: 'assistant', content: [] }];
    expect(readMessages(turns)).toEqual([
      { role: 'user', content: 'a' },
      { role: 'user', content: '' },
      { role: 'user', content: '' },
      { role: 'assistant', content: '' },
    ]);
  });

  it('keep their parts and the marks on them', () => {
    const mark = { cache_control: { type: 'ephemeral' } };
    const content = [
      { type: 'text', text: 'a', ...mark },
      { type: 'image_url', image_url: 'data:image/png;base64,AA' },
      { type: 'image_url', image_url: { url: 'https://example.org/a.png', detail: 'low' }, ...mark },
      { type: 'input_audio', input_audio: { data: 'AA', format: 'wav' } },
      { type: 'file', file: { file_id: 'f' } },
      { type: 'refusal', refusal: 'no' },
      'bare',
    ];
    expect(readMessages([{ role: 'user', content, name: 'ann' }])).toEqual([
      {
        role: 'user',
        name: 'ann',
        content: [
          { type: 'text', text: 'a', ...mark },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AA' } },
          { type: 'image_url', image_url: { url: 'https://example.org/a.png', detail: 'low' }, ...mark },
          { type: 'input_audio', input_audio: { data: 'AA', format: 'wav' } },
          { type: 'file', file: { file_id: 'f' } },
          { type: 'text', text: 'no' },
          { type: 'text', text: 'bare' },
        ],
      },
    ]);
  });

  it('leave out what a model thought', () => {
    const content = [
      { type: 'thinking', thinking: 'hm' },
      { type: 'text', text: 'a' },
    ];
    const turn = { role: 'assistant', content, reasoning_content: 'hm', reasoning: 'hm', reasoning_details: [{}] };
    expect(readMessages([turn])).toEqual([{ role: 'assistant', content: [{ type: 'text', text: 'a' }] }]);
  });

  it('keep tool calls in one form, and results as texts or parts', () => {
    const calls = [
      { id: 'x', type: 'function', index: 0, function: { name: 'read', arguments: '{"a":1}' } },
      { function: { name: 'read', arguments: { a: 2 } } },
      { id: 'z', function: { name: 'list' } },
    ];
    const turns = [
      { role: 'assistant', content: '', tool_calls: calls },
      { role: 'tool', tool_call_id: 'x', content: 'one' },
      { role: 'tool', tool_call_id: 'z', content: [{ type: 'text', text: 'two' }], name: 'list' },
      { role: 'tool', tool_call_id: 'y', content: null },
    ];
    expect(readMessages(turns)).toEqual([
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'x', type: 'function', function: { name: 'read', arguments: '{"a":1}' } },
          { id: 'call_0_1', type: 'function', function: { name: 'read', arguments: '{"a":2}' } },
          { id: 'z', type: 'function', function: { name: 'list', arguments: '{}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'x', content: 'one' },
      { role: 'tool', tool_call_id: 'z', content: [{ type: 'text', text: 'two' }], name: 'list' },
      { role: 'tool', tool_call_id: 'y', content: '' },
    ]);
  });

  it('tell the older function calls in the newer form', () => {
    const turns = [
      { role: 'user', content: 'go' },
      { role: 'assistant', content: null, function_call: { name: 'read', arguments: '{}' } },
      { role: 'function', name: 'read', content: 'one' },
    ];
    expect(readMessages(turns)).toEqual([
      { role: 'user', content: 'go' },
      { role: 'assistant', content: null, tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'read', arguments: '{}' } }] },
      { role: 'tool', tool_call_id: 'call_1', name: 'read', content: 'one' },
    ]);
  });

  it.each([
    [5, 'messages[1]', 'must be an object, not a number'],
    [{ role: 'robot' }, 'messages[1].role', "is 'robot', which is no role; use system, developer, user, assistant or tool"],
    [{ content: 'a' }, 'messages[1].role', 'must be a text, not nothing; use system, developer, user, assistant or tool'],
    [{ role: 'user', content: 5 }, 'messages[1].content', 'must be a text or a list of parts, not a number'],
    [
      { role: 'user', content: [{ type: 'text', text: 'a' }, { type: 'video' }] },
      'messages[1].content[1].type',
      "is 'video', which is no part that can be passed on; use text, image_url, input_audio or file",
    ],
    [{ role: 'user', content: [{ type: 'text' }] }, 'messages[1].content[0].text', 'must be a text, not nothing'],
    [
      { role: 'user', content: [{ type: 'image_url', image_url: {} }] },
      'messages[1].content[0].image_url.url',
      'must be an address, such as one that begins with data:',
    ],
    [{ role: 'user', content: [{ type: 'file' }] }, 'messages[1].content[0].file', 'must be an object, not nothing'],
    [{ role: 'tool', content: 'a' }, 'messages[1].tool_call_id', 'must be a text, not nothing'],
    [{ role: 'assistant', tool_calls: {} }, 'messages[1].tool_calls', 'must be a list, not an object'],
    [{ role: 'assistant', tool_calls: [{}] }, 'messages[1].tool_calls[0].function', 'must be an object, not nothing'],
    [{ role: 'assistant', tool_calls: [{ function: {} }] }, 'messages[1].tool_calls[0].function.name', 'must be a text, not nothing'],
    [
      { role: 'assistant', tool_calls: [{ function: { name: 'a', arguments: 5 } }] },
      'messages[1].tool_calls[0].function.arguments',
      'must be a JSON text, not a number',
    ],
  ])('%j is refused by its place', (message, param, problem) => {
    expect(refusal({ messages: [...messages, message] })).toEqual({ message: `${param} ${problem}`, param });
  });
});

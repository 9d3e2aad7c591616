import { describe, expect, it } from 'vitest';
import type { Message } from '../../../src/core/message.js';
import type { CallRequest } from '../../../src/core/model-client.js';
import { ask, client, good, told, upstream } from '../support.js';

const MARK = { type: 'ephemeral' };
const CLAUDE = { model: '~anthropic/claude-opus-latest', stable: { messages: 2, characters: null } };
const CONVERSATION: Message[] = [
  { role: 'system', content: 'rules' },
  { role: 'user', content: 'question' },
];

/** The messages as they are sent. */
async function sent(request: Partial<Omit<CallRequest, 'timeouts'>>, dialect: 'openrouter' | 'openai' = 'openrouter'): Promise<unknown> {
  const up = await upstream((res) => good(res));
  await told(client(up.url, { dialect }).call(ask({ ...CLAUDE, messages: CONVERSATION, ...request })));
  return up.seen[0]?.body.messages;
}

const marked = (text: string) => ({ type: 'text', text, cache_control: MARK });

describe('a cache mark', () => {
  it('stands on the last text of the stable prefix', async () => {
    expect(await sent({})).toEqual([CONVERSATION[0], { role: 'user', content: [marked('question')] }]);
    expect(await sent({ stable: { messages: 1, characters: null } })).toEqual([
      { role: 'system', content: [marked('rules')] },
      CONVERSATION[1],
    ]);
  });

  it('stands between the stable part of a text and the rest', async () => {
    const stable = { messages: 2, characters: 5 };
    expect(await sent({ stable })).toEqual([CONVERSATION[0], { role: 'user', content: [marked('quest'), { type: 'text', text: 'ion' }] }]);
    expect(await sent({ stable: { messages: 2, characters: 8 } })).toEqual([
      CONVERSATION[0],
      { role: 'user', content: [marked('question')] },
    ]);
  });

  it('stands on the last text part of a list, also of a tool result', async () => {
    const content: Message['content'] = [
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b' },
      { type: 'image_url', image_url: { url: 'data:,' } },
    ];
    expect(await sent({ messages: [{ role: 'tool', tool_call_id: '1', content }], stable: { messages: 1, characters: null } })).toEqual([
      { role: 'tool', tool_call_id: '1', content: [content[0], marked('b'), content[2]] },
    ]);
  });

  it('stands on the last text of so many parts of a list', async () => {
    const content = [
      { type: 'text' as const, text: 'question' },
      { type: 'text' as const, text: 'candidates' },
    ];
    const stable = { messages: 1, characters: null, parts: 1 };
    expect(await sent({ messages: [{ role: 'user', content }], stable })).toEqual([
      { role: 'user', content: [marked('question'), content[1]] },
    ]);
  });

  it('moves to the message before where there is no text', async () => {
    const tool_calls = [{ id: '1', type: 'function' as const, function: { name: 'read', arguments: '{}' } }];
    for (const content of [null, '', [{ type: 'text' as const, text: ' ' }]]) {
      const called: Message = { role: 'assistant', content, tool_calls };
      expect(await sent({ messages: [CONVERSATION[0] as Message, called] })).toEqual([
        { role: 'system', content: [marked('rules')] },
        called,
      ]);
    }
    const silent: Message = { role: 'assistant', content: null, tool_calls };
    expect(await sent({ messages: [silent], stable: { messages: 1, characters: null } })).toEqual([silent]);
  });

  it('is set for Anthropic’s models at OpenRouter only, and where the request asks for it', async () => {
    expect(await sent({}, 'openai')).toEqual(CONVERSATION);
    expect(await sent({ model: 'openai/gpt-5' })).toEqual(CONVERSATION);
    expect(await sent({ stable: null })).toEqual(CONVERSATION);
    expect(await sent({ stable: { messages: 0, characters: null } })).toEqual(CONVERSATION);
  });

  it('is left to a client that sets its own', async () => {
    const own: Message[] = [
      { role: 'system', content: [{ type: 'text', text: 'rules', cache_control: { ...MARK, ttl: '1h' } }] },
      ...CONVERSATION.slice(1),
    ];
    expect(await sent({ messages: own })).toEqual(own);
    const tool = { type: 'function', function: { name: 'read' }, cache_control: MARK } as const;
    expect(await sent({ tools: { tools: [tool], choice: undefined, parallel: undefined } })).toEqual(CONVERSATION);
    expect(await sent({ extraBody: { cache_control: MARK } })).toEqual(CONVERSATION);
  });

  it('leaves the messages of the request as they are', async () => {
    const before = structuredClone(CONVERSATION);
    await sent({});
    expect(CONVERSATION).toEqual(before);
  });
});

import { describe, expect, it } from 'vitest';
import { EchoFilter, withoutOwnKey } from '../../../src/client/answer/echo.js';
import type { Message } from '../../../src/core/message.js';
import type { Provider } from '../../../src/core/model.js';
import type { CallEvent } from '../../../src/core/model-client.js';

const KEY = 'sk-or-v1-0123456789abcdef0123456789abcdef';
const ASKED: Message[] = [{ role: 'user', content: 'hi' }];

function provider(parts: Partial<Provider> = {}): Provider {
  return { apiKey: KEY, headers: {}, extraBody: {}, ...parts } as Provider;
}

/** What comes out of a text that comes in these pieces, and how much of it before the end. */
function told(pieces: readonly string[], { messages = ASKED, by = provider() } = {}): { text: string; early: string } {
  const filter = EchoFilter.of(by, messages);
  if (filter === null) throw new Error('there is nothing to filter');
  const textOf = (events: readonly CallEvent[]) => events.map((event) => (event.type === 'text' ? event.text : '')).join('');
  const early = pieces.map((text) => textOf(filter.clean([{ type: 'text', text }]))).join('');
  return { early, text: early + textOf(filter.clean([{ type: 'finish', reason: 'stop' }])) };
}

describe('a provider that says the key it was sent', () => {
  it.each([1, 2, 3, 5, 7, 8, 11, 40, 1_000])('in pieces of %i characters tells no more than its beginning', (size) => {
    const said = `a ${KEY} b ${KEY}${KEY} c sk-or-v1-0123 d`;
    const { text } = told(said.match(new RegExp(`.{1,${size}}`, 'g')) ?? []);
    expect(text).not.toContain(KEY.slice(0, 16));
    expect(text).toMatch(/^a (\S{0,7})\[key\] b (\S{0,7})\[key\](\S{0,7})\[key\] c sk-or-v1-0123 d$/);
  });

  it('holds nothing back but what may be a key', () => {
    expect(told(['yes']).early).toBe('yes');
    expect(told(['see sk-or-']).early).toBe('see sk-or-');
    expect(told(['see sk-or-v1-0'])).toEqual({ early: 'see ', text: 'see sk-or-v1-0' });
    expect(told(['see sk-or-v1-0', 'x'])).toMatchObject({ early: 'see sk-or-v1-0x' });
  });

  it.each([
    ['in a message', [{ role: 'user', content: `my .env: KEY=${KEY}` }]],
    ['in a part', [{ role: 'user', content: [{ type: 'text', text: KEY }] }]],
    [
      'in what a tool was called with',
      [
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'a', type: 'function', function: { name: 'w', arguments: `{"t":"${KEY}"}` } }],
        },
      ],
    ],
  ] as [string, Message[]][])('is left alone where the conversation has the key itself: %s', (_where, messages) => {
    expect(told([`KEY=${KEY.slice(0, 20)}`, KEY.slice(20)], { messages }).text).toBe(`KEY=${KEY}`);
  });

  it('has it taken out of every other place', () => {
    const filter = EchoFilter.of(provider(), ASKED);
    const call = { id: KEY, name: KEY, arguments: JSON.stringify({ q: `${KEY}.` }) };
    expect(
      filter?.clean([
        { type: 'open', generationId: KEY },
        { type: 'model', resolvedModel: `m ${KEY}` },
        { type: 'reasoning', text: `r ${KEY}` },
        { type: 'tool_delta', text: KEY },
        { type: 'tool_call', call },
        { type: 'finish', reason: KEY },
      ]),
    ).toEqual([
      { type: 'open', generationId: '[key]' },
      { type: 'model', resolvedModel: 'm [key]' },
      { type: 'reasoning', text: 'r [key]' },
      { type: 'tool_delta', text: '[key]' },
      { type: 'tool_call', call: { id: '[key]', name: '[key]', arguments: '{"q":"[key]."}' } },
      { type: 'finish', reason: '[key]' },
    ]);
  });

  it('counts headers and fields of the body that are keys, and their other forms', () => {
    const by = provider({
      apiKey: null,
      headers: { 'x-own-token': 'tok/en+0123456789==', authorization: 'Basic dXNlcjpwYXNzd29yZA0', 'x-title': 'My program of 2026' },
      extraBody: { user_token: 'abcdefgh01234567', prompt_cache_key: 'cache', nested: [{ secret: 'zyxwvuts76543210' }] },
    });
    expect(
      withoutOwnKey(
        'tok/en+0123456789== tok%2Fen%2B0123456789%3D%3D dXNlcjpwYXNzd29yZA0 abcdefgh01234567 zyxwvuts76543210 cache My program of 2026',
        by,
      ),
    ).toBe('[key] [key] [key] [key] [key] cache My program of 2026');
  });

  it.each(['ollama', 'lm-studio', 'a-placeholder-without-digits'])('is no dummy such as %s', (apiKey) => {
    expect(EchoFilter.of(provider({ apiKey }), ASKED)).toBeNull();
  });
});

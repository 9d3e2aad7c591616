import { describe, expect, it } from 'vitest';
import type { Message } from '../../../src/core/message.js';
import { withoutTools } from '../../../src/engine/tools/without-tools.js';

const call = (id: string, name: string, args: string) => ({ id, type: 'function' as const, function: { name, arguments: args } });
const user = (content: string): Message => ({ role: 'user', content });
const assistant = (content: string | null, ...tool_calls: ReturnType<typeof call>[]): Message => ({
  role: 'assistant',
  content,
  tool_calls,
});
const result = (tool_call_id: string, content: Message['content']): Message => ({ role: 'tool', tool_call_id, content });
const image = { type: 'image_url' as const, image_url: { url: 'data:image/png;base64,AA==' } };

describe('a conversation for models without tools', () => {
  it('without tools in it is the very same array', () => {
    const messages = [user('hello'), { role: 'assistant' as const, content: 'hi' }, user('and?')];
    expect(withoutTools(messages)).toBe(messages);
  });

  it('tells calls and results in words, by name, in turns that alternate', () => {
    const messages = [
      { role: 'system' as const, content: 'Be brief.' },
      user('What is in a and b?'),
      assistant('I look.', call('1', 'read', '{"path":"a"}'), call('2', 'list', '{}')),
      result('1', 'alpha'),
      result('2', null),
      user('Go on.'),
    ];
    expect(withoutTools(messages)).toEqual([
      { role: 'system', content: 'Be brief.' },
      user('What is in a and b?'),
      { role: 'assistant', content: 'I look.\n\n[called read with {"path":"a"}]\n[called list with {}]' },
      user('[result of read]\nalpha\n\n[result of list]\n\n\nGo on.'),
    ]);
  });

  it('keeps images of results and marks of the client', () => {
    const marked = { type: 'text' as const, text: 'seen', cache_control: { type: 'ephemeral' } };
    const messages = [user('look'), assistant(null, call('1', 'shoot', '{}')), result('1', [marked, image])];
    expect(withoutTools(messages).slice(1)).toEqual([
      { role: 'assistant', content: '[called shoot with {}]' },
      { role: 'user', content: [{ type: 'text', text: '[result of shoot]' }, marked, image] },
    ]);
  });

  it('joins a turn made of parts with a text', () => {
    const messages = [user('look'), assistant('', call('1', 'shoot', '{}')), result('1', [image]), result('1', 'done')];
    expect(withoutTools(messages).at(-1)).toEqual({
      role: 'user',
      content: [{ type: 'text', text: '[result of shoot]' }, image, { type: 'text', text: '[result of shoot]\ndone' }],
    });
  });

  it('names a result whose call is not there by what it says itself', () => {
    expect(withoutTools([{ role: 'tool', tool_call_id: 'x', name: 'grep', content: 'a' }])).toEqual([user('[result of grep]\na')]);
    expect(withoutTools([{ role: 'tool', tool_call_id: 'x', content: 'a' }])).toEqual([user('[result of a tool]\na')]);
  });

  it('leaves no field of tools behind, not even an empty list', () => {
    const messages: Message[] = [user('a'), { role: 'assistant', content: 'b', tool_calls: [] }, user('c')];
    expect(withoutTools(messages)).toEqual([user('a'), { role: 'assistant', content: 'b' }, user('c')]);
  });

  it('begins every turn as the turn before', () => {
    const whole = [
      user('fix it'),
      assistant(null, call('1', 'read', '{"path":"a"}')),
      result('1', 'alpha'),
      assistant('Now b.', call('2', 'read', '{"path":"b"}'), call('3', 'read', '{"path":"c"}')),
      result('2', 'beta'),
      result('3', 'gamma'),
      { role: 'assistant' as const, content: 'It is fixed.' },
      user('thanks'),
      { role: 'assistant' as const, content: 'You are welcome.' },
      user('and the other one?'),
    ];
    for (const end of [1, 3, 6, 8, 10]) {
      const part = withoutTools(whole.slice(0, end));
      expect(withoutTools(whole).slice(0, part.length)).toEqual(part);
    }
  });
});

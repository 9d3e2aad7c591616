import { expect, it } from 'vitest';
import type { Message } from '../../../src/core/message.js';
import { packPrompts, unpackPrompts } from '../../../src/store/history/pack-prompts.js';

const CONVERSATION: Message[] = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Why?' },
  { role: 'assistant', content: 'Because.' },
  { role: 'user', content: 'Why is that so?' },
];

const PROMPTS: Record<string, Message[]> = {
  c1: [
    { role: 'system', content: 'You merge answers.' },
    ...CONVERSATION.slice(1, 3),
    { role: 'user', content: 'Why is that so?\n\n<candidate>' },
  ],
  p1: [{ role: 'system', content: 'Be critical.' }, ...CONVERSATION],
};

it('names what stands in the conversation by its place', () => {
  expect(packPrompts(PROMPTS, CONVERSATION)).toEqual({
    c1: [{ role: 'system', content: 'You merge answers.' }, 1, 2, { of: 3, more: '\n\n<candidate>' }],
    p1: [{ role: 'system', content: 'Be critical.' }, 0, 1, 2, 3],
  });
});

it.each<[string, Record<string, Message[]>, Message[]]>([
  ['prompts of a run', PROMPTS, CONVERSATION],
  ['no conversation', PROMPTS, []],
  ['an empty turn', { c1: [{ role: 'user', content: 'x' }] }, [{ role: 'user', content: '' }]],
  ['another role', { c1: [{ role: 'assistant', content: 'Why? Who knows' }] }, [{ role: 'user', content: 'Why?' }]],
  ['another name', { c1: [{ role: 'user', name: 'b', content: 'Why? Who' }] }, [{ role: 'user', name: 'a', content: 'Why?' }]],
  ['parts', { c1: [{ role: 'user', content: [{ type: 'text', text: 'x' }] }] }, [{ role: 'user', content: [{ type: 'text', text: 'x' }] }]],
  ['tool calls', { c1: [{ role: 'assistant', content: null, tool_calls: [] }] }, [{ role: 'assistant', content: null, tool_calls: [] }]],
])('gives back to the letter: %s', (_what, prompts, conversation) => {
  const packed = JSON.parse(JSON.stringify(packPrompts(prompts, conversation)));
  expect(unpackPrompts(packed, conversation)).toEqual(prompts);
});

import { describe, expect, it } from 'vitest';
import type { Message } from '../../src/core/message.js';
import { appendText, hasImages, messageText } from '../../src/core/message.js';

const image = { type: 'image_url', image_url: { url: 'https://example.org/a.png' } } as const;

describe('messageText', () => {
  it.each<[string, Message['content'], string]>([
    ['a string', 'hello', 'hello'],
    ['parts, without images', [{ type: 'text', text: 'a' }, image, { type: 'text', text: 'b' }], 'a\nb'],
    ['nothing', null, ''],
  ])('of %s', (_name, content, text) => {
    expect(messageText({ role: 'user', content })).toBe(text);
  });
});

describe('appendText', () => {
  it('puts text after a string, after parts, and in place of nothing, and leaves the message alone', () => {
    const parts: Message = { role: 'user', content: [image] };
    expect(appendText({ role: 'user', content: 'a', name: 'n' }, 'b')).toEqual({ role: 'user', content: 'a\n\nb', name: 'n' });
    expect(appendText(parts, 'b').content).toEqual([image, { type: 'text', text: 'b' }]);
    expect(parts.content).toHaveLength(1);
    expect(appendText({ role: 'user', content: null }, 'b').content).toBe('b');
  });
});

describe('hasImages', () => {
  it('sees an image in any message', () => {
    expect(hasImages([{ role: 'user', content: 'a' }])).toBe(false);
    expect(
      hasImages([
        { role: 'user', content: 'a' },
        { role: 'user', content: [image] },
      ]),
    ).toBe(true);
  });
});

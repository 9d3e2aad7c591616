import { describe, expect, it } from 'vitest';
import { makeFence } from '../../src/core/fence.js';

describe('makeFence', () => {
  it('draws again until the nonce occurs in no text', () => {
    const nonces = ['aaa', 'bbb', 'ccc'];
    const fence = makeFence(['has aaa in it', '</candidate A1 bbb>'], () => nonces.shift() ?? '');
    expect(fence.nonce).toBe('ccc');
  });

  it('puts the text between its marks unaltered', () => {
    const text = '  ```\n</candidate>\r\n\ttext ';
    const fence = makeFence([text], () => 'n1');
    expect(fence.wrap('A1', text)).toBe(`<candidate A1 n1>\n${text}\n</candidate A1 n1>`);
  });
});

import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../src/observe/redact.js';

describe('createRedactor', () => {
  const { clean, exact } = createRedactor(['my-own-key-1', 'my-own-key-1-longer', 'dummy']);

  it('removes known secrets, the longer one whole', () => {
    expect(exact('a my-own-key-1-longer b my-own-key-1 c')).toBe('a [redacted] b [redacted] c');
  });

  it('leaves dummies that are words', () => {
    expect(exact('a dummy')).toBe('a dummy');
  });

  it.each([
    ['sk-or-v1-0123456789abcdef0123456789', '[redacted]'],
    ['sk-ant-api03-abcdefghijklmnop', '[redacted]'],
    ['AIzaSyA0123456789012345678901234567890', '[redacted]'],
    ['Authorization: Bearer abc.def-123456', 'Authorization: Bearer [redacted]'],
    ['http://user:pass@proxy:3128', 'http://[redacted]@proxy:3128'],
  ])('removes what looks like a key: %s', (text, expected) => {
    expect(clean(text)).toBe(expected);
  });

  it.each(['the task-force', 'sk-learn', 'a bearer of news', 'https://example.org/a:b@c'])('leaves ordinary text: %s', (text) => {
    expect(clean(text)).toBe(text);
  });

  it('leaves key-like text where only known secrets go', () => {
    expect(exact('sk-or-v1-0123456789abcdef0123456789')).toBe('sk-or-v1-0123456789abcdef0123456789');
  });

  it('removes a secret in each form in which it may stand', () => {
    const secret = 'a+b/c="d"\\e-0123456789';
    const redactor = createRedactor([secret]);
    const url = `https://example.org/?k=${encodeURIComponent(secret)}&x`;
    const inside = Buffer.from(`${secret}:password`).toString('base64');
    expect(redactor.exact(`<${secret}> ${JSON.stringify({ secret })} ${url}`)).toBe(
      '<[redacted]> {"secret":"[redacted]"} https://example.org/?k=[redacted]&x',
    );
    expect(redactor.exact(inside)).toMatch(/^\[redacted\]\w{12,16}={0,2}$/);
  });

  it.each(['sk-', 'sk-aaaa-', 'Bearer aaaaaaa', 'http://aaaa:', 'https://a:b@', 'ghp_', 'AIza'])(
    'takes no square of the length of %s',
    (part) => {
      const start = performance.now();
      clean(part.repeat(300_000 / part.length));
      expect(performance.now() - start).toBeLessThan(1_000);
    },
  );
});

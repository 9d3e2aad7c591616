import { describe, expect, it } from 'vitest';
import { accessOf } from '../../src/server/access.js';
import { serveKey } from '../support/gateway.js';

const ann = serveKey('ann', 'secret-of-ann');
const bob = serveKey('bob', 'secret-of-bob');

describe('accessOf', () => {
  it.each(['127.0.0.1', 'localhost', '::1', '[::1]', '127.1.2.3'])('is open to this machine on %s', (host) => {
    expect(accessOf({ host, keys: [] }, false)).toEqual({
      isLoopback: true,
      needsKey: false,
      words: 'Programs on this machine may use it, with any key or none.',
    });
  });

  it('names the keys, never shows them', () => {
    expect(accessOf({ host: '127.0.0.1', keys: [ann] }, false)).toEqual({
      isLoopback: true,
      needsKey: true,
      words: 'Programs on this machine may use it with the key "ann".',
    });
    expect(accessOf({ host: '0.0.0.0', keys: [ann, bob] }, true)).toEqual({
      isLoopback: false,
      needsKey: true,
      words: 'All who can reach this machine may use it with one of the keys "ann", "bob".',
    });
  });

  it.each(['0.0.0.0', '::', '192.168.1.5', 'box.example', ''])('needs a key on %s', (host) => {
    expect(() => accessOf({ host, keys: [] }, true)).toThrow(
      expect.objectContaining({
        code: 'usage',
        message: `mom serve on ${host} can be reached from other machines, and no key is set`,
        hint: 'use --auth, set MOM_SERVE_KEY or serve.keys, or leave the host at 127.0.0.1',
      }),
    );
  });

  it('needs --allow-remote, too', () => {
    expect(() => accessOf({ host: '0.0.0.0', keys: [ann] }, false)).toThrow(
      expect.objectContaining({
        code: 'usage',
        message: 'mom serve on 0.0.0.0 can be reached from other machines',
        hint: 'say --allow-remote if that is meant; keys and answers then travel as plain text unless a proxy adds TLS',
      }),
    );
  });
});

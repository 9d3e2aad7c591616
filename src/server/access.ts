import type { ServeSettings } from '../config/wishes.js';
import { MomError } from '../core/error.js';

/** Who may use the gateway. */
export interface Access {
  /** Bound to this machine only. */
  isLoopback: boolean;
  needsKey: boolean;
  /** For people, one sentence. */
  words: string;
}

/**
 * Who may use a gateway with these settings.
 * @throws MomError `usage` when it would stand open to others without a key, or without `allowRemote`
 */
export function accessOf({ host, keys }: Pick<ServeSettings, 'host' | 'keys'>, allowRemote: boolean): Access {
  const isLoopback = isLoopbackHost(host);
  const needsKey = keys.length > 0;
  if (!isLoopback && !needsKey) {
    throw new MomError('usage', `mom serve on ${host} can be reached from other machines, and no key is set`, {
      hint: 'use --auth, set MOM_SERVE_KEY or serve.keys, or leave the host at 127.0.0.1',
    });
  }
  if (!isLoopback && !allowRemote) {
    throw new MomError('usage', `mom serve on ${host} can be reached from other machines`, {
      hint: 'say --allow-remote if that is meant; keys and answers then travel as plain text unless a proxy adds TLS',
    });
  }
  return {
    isLoopback,
    needsKey,
    words: wordsOf(
      isLoopback,
      keys.map((key) => key.name),
    ),
  };
}

function wordsOf(isLoopback: boolean, keys: readonly string[]): string {
  const who = isLoopback ? 'Programs on this machine' : 'All who can reach this machine';
  if (keys.length === 0) return `${who} may use it, with any key or none.`;
  const names = keys.map((name) => `"${name}"`).join(', ');
  return `${who} may use it with ${keys.length === 1 ? 'the key' : 'one of the keys'} ${names}.`;
}

/** True for names and addresses that only this machine answers to; IPv6 with or without brackets. */
export function isLoopbackHost(host: string): boolean {
  const name = host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
  if (name === 'localhost' || name.endsWith('.localhost') || name === '::1') return true;
  return /^(::ffff:)?127(\.\d{1,3}){3}$/.test(name);
}

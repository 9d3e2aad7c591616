import { createHash, timingSafeEqual } from 'node:crypto';
import type { ServeKey } from '../../config/wishes.js';
import { type Client, LOCAL } from '../context.js';
import { ApiError } from '../errors.js';

/** What a request shows. */
export interface Shown {
  authorization: string | undefined;
  apiKey: string | undefined;
}

/**
 * Tells clients by their key. Without keys everybody on this machine is `local`, whatever key is shown.
 * The returned function throws ApiError 401.
 */
export function createKeyGate(isLoopback: boolean): (shown: Shown, keys: readonly ServeKey[]) => Client {
  const hashes = new WeakMap<readonly ServeKey[], readonly Buffer[]>();

  function hashesOf(keys: readonly ServeKey[]): readonly Buffer[] {
    const known = hashes.get(keys);
    if (known) return known;
    const made = keys.map(({ key }) => hash(key));
    hashes.set(keys, made);
    return made;
  }

  return (shown, keys) => {
    if (keys.length === 0 && isLoopback) return LOCAL;
    const candidates = candidatesOf(shown);
    if (candidates.length === 0) {
      throw refused('this gateway needs a key, and the request shows none', 'send it as "Authorization: Bearer KEY" or "x-api-key: KEY"');
    }
    const expected = hashesOf(keys);
    let found: ServeKey | null = null;
    for (const candidate of candidates.map(hash)) {
      // Every key is compared, so that the time tells nothing of which one was near.
      for (const [index, key] of keys.entries()) if (timingSafeEqual(candidate, expected[index] as Buffer)) found ??= key;
    }
    if (!found) throw refused('the key is not one of this gateway', 'use one of serve.keys, MOM_SERVE_KEY or `mom keys show serve`');
    return { name: found.name, key: found };
  };
}

function candidatesOf({ authorization, apiKey }: Shown): string[] {
  const bearer = /^bearer +(.+)$/i.exec(authorization ?? '')?.[1];
  return [bearer, apiKey].flatMap((text) => (text === undefined || text.trim() === '' ? [] : [text.trim()]));
}

function refused(message: string, hint: string): ApiError {
  return new ApiError('unauthorized', message, { hint, headers: { 'www-authenticate': 'Bearer' } });
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

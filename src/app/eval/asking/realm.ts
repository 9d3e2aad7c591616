import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type Mixture, membersOf } from '../../../core/mixture.js';
import type { Provider } from '../../../core/model.js';
import type { SandboxWish } from '../../sandbox-place.js';

/** Where a mixture's answers come from, as far as its providers' names don't say it: the same model id at another address is another model. */
export type RealmOf = (mixture: Mixture) => string;

export function providersRealm(providers: readonly Provider[]): RealmOf {
  const addresses = new Map(providers.map(({ name, baseUrl }) => [name, baseUrl]));
  return (mixture) => {
    const names = new Set(membersOf(mixture).map(({ provider }) => provider));
    return JSON.stringify([...names].sort().map((name) => [name, addresses.get(name) ?? null]));
  };
}

/** Simulated answers depend on the seed, recorded ones on their files, and both on who tells their price. */
export async function sandboxRealm({ seed, recorded = [], reportsCost = true }: SandboxWish, pricing: unknown): Promise<RealmOf> {
  const files = await Promise.all(recorded.map(digest));
  const realm = JSON.stringify(['sandbox', seed ?? null, files, reportsCost, pricing]);
  return () => realm;
}

async function digest(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

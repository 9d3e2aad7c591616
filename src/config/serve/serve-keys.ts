import { isMomError, MomError } from '../../core/error.js';
import type { Path } from '../files/tree.js';
import type { LoadedConfig } from '../load.js';
import type { ServeKeyConfig } from '../schema/serve.js';
import type { ServeKey } from '../wishes.js';

/** The variable that adds a key, and the name of this key. */
const KEY_VARIABLE = 'MOM_SERVE_KEY';

/**
 * The keys that clients may show: those of the configuration, and the one in the environment.
 * @throws MomError `config_invalid` for a name or a key that is there twice, a key that no header can carry, or a variable that is not set
 */
export function serveKeysOf(config: LoadedConfig): ServeKey[] {
  const entries = (config.values.serve?.keys ?? []).map((entry, index) => ({ index, own: serveKey(config, entry, index) }));
  refuseTwins(config, entries);
  const configured = entries.map(({ own }) => own);
  const given = config.env[KEY_VARIABLE]?.trim();
  if (!given || configured.some(({ key }) => key === given)) return configured;
  return [...configured, { ...UNLIMITED, name: KEY_VARIABLE, key: sendable(given, KEY_VARIABLE) }];
}

/** Where the variables are those of another place: no two keys that are known here are the same. @throws MomError `config_invalid` */
export function checkServeKeys(config: LoadedConfig): void {
  refuseTwins(config, knownEntries(config));
}

/** Those keys whose variables are set: what must be written nowhere, also where nobody serves. Never throws. */
export function knownServeKeys(config: LoadedConfig): string[] {
  return knownEntries(config).map(({ own }) => own.key);
}

/** A key and its place in the list. */
interface KeyEntry {
  index: number;
  own: ServeKey;
}

function knownEntries(config: LoadedConfig): KeyEntry[] {
  return (config.values.serve?.keys ?? []).flatMap((entry, index) => {
    try {
      return [{ index, own: serveKey(config, entry, index) }];
    } catch (error) {
      if (isMomError(error)) return [];
      throw error;
    }
  });
}

function refuseTwins(config: LoadedConfig, entries: readonly KeyEntry[]): void {
  for (const [at, { index, own }] of entries.entries()) {
    const place = config.origin(pathOf(index));
    const before = entries.slice(0, at).map((entry) => entry.own);
    if (before.some(({ name }) => name === own.name) || own.name === KEY_VARIABLE) {
      throw new MomError('config_invalid', `${place}: a key named '${own.name}' is already there`, {
        hint: 'give each key a name of its own',
      });
    }
    const twin = before.find(({ key }) => key === own.key);
    if (twin) {
      throw new MomError('config_invalid', `${place}: '${own.name}' is the same key as '${twin.name}'`, {
        hint: 'give each client a key of its own',
      });
    }
  }
}

const UNLIMITED = { requestsPerMinute: null, concurrency: null, budget: { day: null, month: null } };

function pathOf(index: number): Path {
  return ['serve', 'keys', index];
}

function serveKey(config: LoadedConfig, entry: string | ServeKeyConfig, index: number): ServeKey {
  const path = pathOf(index);
  const own: ServeKeyConfig = typeof entry === 'string' ? { key: entry } : entry;
  const at = typeof entry === 'string' ? path : [...path, 'key'];
  return {
    name: own.name === undefined ? `key ${index + 1}` : printable(config, config.text([...path, 'name'], own.name) as string, index),
    key: sendable((config.text(at, own.key) as string).trim(), `${config.origin(at)}: serve.keys[${index}]`),
    requestsPerMinute: own.requests_per_minute ?? null,
    concurrency: own.concurrency ?? null,
    budget: { day: own.budget?.day ?? null, month: own.budget?.month ?? null },
  };
}

/** A name stands in lines of logs and in labels of metrics. */
function printable(config: LoadedConfig, name: string, index: number): string {
  if (/^[^\p{C}]{1,64}$/u.test(name)) return name;
  const place = config.origin([...pathOf(index), 'name']);
  throw new MomError('config_invalid', `${place}: serve.keys[${index}].name must be one line of at most 64 characters`, {
    hint: 'give the key a short name, such as that of its owner',
  });
}

/** A key travels in a header: visible ASCII characters without spaces. */
function sendable(key: string, place: string): string {
  if (/^[\x21-\x7e]+$/.test(key)) return key;
  throw new MomError('config_invalid', `${place} is no key that a client can send`, {
    hint: 'use letters, digits and signs without spaces',
  });
}

import { dirname } from 'node:path';
import { isMomError, MomError } from '../../core/error.js';
import { hasReference, referencesIn } from '../files/interpolate.js';
import type { Source } from '../files/tree.js';
import type { LoadedConfig } from '../load.js';
import { KNOWN_PROVIDERS, keyVariablesFor } from '../providers/known.js';
import type { KeyCommand } from './key-command.js';
import type { KeptKey } from './key-store.js';

/** Where a provider's key comes from. `label` says it in words: file and line, the name of a variable, a path. */
export type KeyPlace =
  | { from: 'config' | 'environment' | 'file'; label: string; key: string }
  | { from: 'command'; label: string; key: null; command: KeyCommand }
  /** `elsewhere`: mom keeps a key of this provider, but for another address. */
  | { from: null; label: null; key: null; elsewhere: KeptKey | null };

/** Sources from the lightest to the heaviest. */
const WEIGHT: readonly Source['kind'][] = ['built-in', 'user', 'project', 'named', 'env', 'flag'];

/**
 * The key of a provider at this address: the configuration's (flags, MOM_API_KEY, files), else that of the variable for this
 * host, else the one that mom keeps for this very address.
 * @throws MomError `key_missing` for a variable that is not set, `config_invalid` for a provider with both api_key and api_key_cmd
 */
export function findKey(config: LoadedConfig, name: string, url: URL): KeyPlace {
  const { place, unset } = keyBeforeKept(config, name, url);
  if (place) return place;
  const kept = config.keyRing.kept(name);
  if (kept?.address === url.origin) return { from: 'file', label: config.keyRing.file, key: kept.key };
  if (unset) throw unset;
  return { from: null, label: null, key: null, elsewhere: kept };
}

/** A key that counts before the one that mom keeps, or the variable that is meant to hold it and is not set. */
interface BeforeKept {
  place: KeyPlace | null;
  unset: MomError | null;
}

/** What counts before a key that mom keeps. @throws MomError as {@link findKey} */
export function keyBeforeKept(config: LoadedConfig, name: string, url: URL): BeforeKept {
  const variables = keyVariablesFor(url);
  const configured = configuredKey(config, name, variables);
  if (configured.place) return configured;
  const variable = variables.find((each) => config.env[each]?.trim());
  if (variable === undefined) return configured;
  return { place: { from: 'environment', label: variable, key: (config.env[variable] as string).trim() }, unset: null };
}

/** The configuration's own. A variable that is looked at next anyway stops nobody when it is not set. */
function configuredKey(config: LoadedConfig, name: string, variables: readonly string[]): BeforeKept {
  const { api_key: key, api_key_cmd: words } = ownSettings(config, name);
  const [keyAt, wordsAt] = [
    ['providers', name, 'api_key'],
    ['providers', name, 'api_key_cmd'],
  ] as const;
  const lead = key === undefined || words === undefined ? 0 : weight(config, keyAt) - weight(config, wordsAt);
  if (key !== undefined && words !== undefined && lead === 0) {
    throw new MomError('config_invalid', `${config.origin(wordsAt)}: provider '${name}' has both api_key and api_key_cmd`, {
      hint: 'leave one of them out',
    });
  }
  const isCommand = words !== undefined && (key === undefined || lead < 0);
  const command = () => ({ place: words === undefined ? null : commandOf(config, name, words), unset: null });
  if (isCommand || key === undefined) return command();
  const [variable] = referencesIn(key);
  try {
    const text = config.text(keyAt)?.trim();
    const isVariable = config.source(keyAt)?.kind === 'env';
    if (!text) return command();
    return { place: { from: isVariable ? 'environment' : 'config', label: config.origin(keyAt), key: text }, unset: null };
  } catch (error) {
    if (!isMomError(error) || variable === undefined || !variables.includes(variable)) throw error;
    const hint = `set ${variable}, or run \`mom keys set ${name}\``;
    return { place: null, unset: new MomError(error.code, error.message, { hint }) };
  }
}

function ownSettings(config: LoadedConfig, name: string) {
  const providers = config.values.providers ?? {};
  return (Object.hasOwn(providers, name) ? providers[name] : undefined) ?? {};
}

function weight(config: LoadedConfig, path: readonly string[]): number {
  return WEIGHT.indexOf(config.source(path)?.kind ?? 'built-in');
}

/** It runs in the folder of the file that names it, so that the working directory decides nothing. */
function commandOf(config: LoadedConfig, name: string, words: readonly string[]): KeyPlace {
  const path = ['providers', name, 'api_key_cmd'];
  const [program = '', ...args] = config.deepText(path, words) as string[];
  const file = config.source(path)?.file;
  const command = { program, args, cwd: file ? dirname(file) : config.cwd, env: withoutKeys(config) };
  return { from: 'command', label: config.origin(path), key: null, command };
}

/** The environment without the keys that mom itself reads from it; what a password manager needs stays. */
function withoutKeys({ env, values }: LoadedConfig): Record<string, string | undefined> {
  const serveKeys = (values.serve?.keys ?? []).map((entry) => (typeof entry === 'string' ? entry : entry.key));
  const texts = [...Object.values(values.providers ?? {}).flatMap(({ api_key }) => api_key ?? []), ...serveKeys].filter(hasReference);
  const named = [...Object.values(KNOWN_PROVIDERS).flatMap(({ keyVariables }) => keyVariables), 'MOM_API_KEY', 'MOM_SERVE_KEY'];
  const hidden = new Set([...named, ...texts.flatMap(referencesIn)]);
  return Object.fromEntries(Object.entries(env).filter(([name]) => !hidden.has(name)));
}

import { MomError } from '../../core/error.js';
import type { Provider } from '../../core/model.js';
import type { Warning } from '../../core/run.js';
import { findKey, type KeyPlace } from '../keys/key-place.js';
import type { KeptKey } from '../keys/key-store.js';
import type { LoadedConfig } from '../load.js';
import { nameHint } from '../nearest.js';
import type { ProviderConfig } from '../schema/schema.js';
import { KNOWN_PROVIDERS, type KnownProvider, keyVariablesFor } from './known.js';

/** A provider as the configuration has it, before any command was run for its key. */
export interface ConfiguredProvider extends Provider {
  keyPlace: KeyPlace;
}

/** The sandbox stands in for providers without their keys. */
export type MaybeConfigured = Provider & Partial<Pick<ConfiguredProvider, 'keyPlace'>>;

/** Every provider's name, mom's own first. */
export function providerNames(config: LoadedConfig): string[] {
  return [...new Set([...Object.keys(KNOWN_PROVIDERS), ...Object.keys(config.values.providers ?? {})])];
}

function settings(config: LoadedConfig, name: string): ProviderConfig {
  const providers = config.values.providers ?? {};
  return Object.hasOwn(providers, name) ? (providers[name] as ProviderConfig) : {};
}

/**
 * Where a provider is, as text and as URL.
 * @throws MomError `config_invalid` for a name that is none, or an address that is none
 */
export function addressOf(config: LoadedConfig, name: string): { baseUrl: string; url: URL } {
  const path = ['providers', name, 'base_url'];
  const address = config.text(path) ?? knownAs(name)?.baseUrl;
  if (address !== undefined) return { baseUrl: address.trim().replace(/\/+$/, ''), url: parseAddress(address, config.origin(path)) };
  const names = providerNames(config);
  if (!names.includes(name)) throw new MomError('config_invalid', `there is no provider '${name}'`, { hint: nameHint(name, names) });
  throw new MomError('config_invalid', `provider '${name}' has no base_url`, { hint: `set providers.${name}.base_url` });
}

/**
 * A provider with everything filled in; the key of a command once it was run (`unlockKeys`).
 * @throws MomError `config_invalid` for a name that is none, an address that is none, or two ways to the key; `key_missing` for
 *   a key whose variable is unset
 */
export function resolveProvider(config: LoadedConfig, name: string): ConfiguredProvider {
  const own = settings(config, name);
  const known = knownAs(name);
  const path = ['providers', name] as const;
  const { baseUrl, url } = addressOf(config, name);
  const keyPlace = findKey(config, name, url);
  return {
    name,
    dialect: own.dialect ?? known?.dialect ?? 'openai',
    baseUrl,
    get apiKey() {
      return keyPlace.from === 'command' ? config.keyRing.printed(name) : keyPlace.key;
    },
    keyPlace,
    needsKey: own.needs_key ?? keyVariablesFor(url).length > 0,
    headers: (config.deepText([...path, 'headers'], own.headers ?? {}) ?? {}) as Record<string, string>,
    extraBody: (config.deepText([...path, 'extra_body'], own.extra_body ?? {}) ?? {}) as Record<string, unknown>,
    privacy: { ...own.privacy },
    attribution: own.attribution ?? true,
  };
}

/** True when the provider has a key, or a command that will print it. */
export function hasKey(provider: MaybeConfigured): boolean {
  return provider.apiKey !== null || provider.keyPlace?.from === 'command';
}

/** True when calls to the provider can be made: it has its key, or needs none. */
export function isUsable(provider: MaybeConfigured): boolean {
  return hasKey(provider) || !provider.needsKey;
}

/** Every provider as the sandbox at `url`: without keys, headers and extras. */
export function sandboxProviders(providers: readonly Provider[], url: string): Provider[] {
  return providers.map((provider) => ({
    name: provider.name,
    dialect: 'openrouter',
    baseUrl: url.replace(/\/+$/, ''),
    apiKey: null,
    needsKey: false,
    headers: {},
    extraBody: {},
    privacy: {},
    attribution: provider.attribution,
  }));
}

/** The provider of a run in the sandbox: its own address, key and headers play no part, so nothing of them is read. */
export function sandboxedProvider(name: string): Provider {
  return {
    name,
    dialect: 'openrouter',
    baseUrl: '',
    apiKey: null,
    needsKey: false,
    headers: {},
    extraBody: {},
    privacy: {},
    attribution: true,
  };
}

/** @throws MomError `key_missing`; `config_invalid` where the file of keys can't be read */
export function requireKey(config: LoadedConfig, provider: MaybeConfigured): void {
  if (isUsable(provider)) return;
  const trouble = keyTrouble(config, provider);
  if (trouble) throw trouble;
  const { name } = provider;
  const variable = knownAs(name)?.keyVariables[0];
  throw new MomError('key_missing', `provider '${name}' has no API key`, {
    hint: `run \`mom keys set ${name}\`, or set ${variable ? `${variable} or ` : ''}providers.${name}.api_key in ${userFileHint(config)}`,
  });
}

/** Why a key that may well be kept is not used; null where there is none. */
export function keyTrouble(config: LoadedConfig, provider: MaybeConfigured): MomError | null {
  const { keyPlace } = provider;
  if (config.keyRing.trouble) return config.keyRing.trouble;
  return keyPlace?.from === null && keyPlace.elsewhere ? keptForAnother(config, provider, keyPlace.elsewhere) : null;
}

/** Kept keys that these providers would have, were they where the keys are for; whose key is needed is told by {@link requireKey}. */
export function unusedKeys(providers: readonly MaybeConfigured[]): Warning[] {
  return providers.flatMap(({ name, baseUrl, needsKey, keyPlace }) => {
    if (needsKey || keyPlace?.from !== null || keyPlace.elsewhere === null) return [];
    const message = `the key that mom keeps for ${name} is for ${keyPlace.elsewhere.address} and is not sent to ${new URL(baseUrl).origin}`;
    return [{ code: 'key_unused', message }];
  });
}

/** A kept key goes to the address it was set for. */
function keptForAnother(config: LoadedConfig, { name, baseUrl }: Provider, kept: KeptKey): MomError {
  const [here, where] = [new URL(baseUrl).origin, config.origin(['providers', name, 'base_url'])];
  return new MomError('key_missing', `provider '${name}' has no API key for ${here}: the one that mom keeps is for ${kept.address} only`, {
    hint: `run \`mom keys set ${name}\` with the key for ${here}, or change the address, which comes from ${where}`,
  });
}

function userFileHint(config: LoadedConfig): string {
  return config.files.find((file) => file.kind !== 'project')?.path ?? 'your own mom.config.yaml (`mom init` writes one)';
}

function knownAs(name: string): KnownProvider | undefined {
  return Object.hasOwn(KNOWN_PROVIDERS, name) ? KNOWN_PROVIDERS[name] : undefined;
}

function parseAddress(address: string, origin: string): URL {
  const url = URL.canParse(address.trim()) ? new URL(address.trim()) : null;
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new MomError('config_invalid', `${origin}: the base URL is not an http or https address`, {
      hint: 'for example https://openrouter.ai/api/v1',
    });
  }
  if (url.username !== '' || url.password !== '') {
    throw new MomError('config_invalid', `${origin}: the base URL holds a user name or password`, {
      hint: 'put the key into api_key or a header',
    });
  }
  return url;
}

import { MomError } from '../core/error.js';
import type { Provider } from '../core/model.js';
import type { LoadedConfig } from './load.js';
import { nameHint } from './nearest.js';
import { KNOWN_PROVIDERS, keyVariablesFor } from './providers.js';
import type { ProviderConfig } from './schema.js';

/** Every provider's name, mom's own first. */
export function providerNames(config: LoadedConfig): string[] {
  return [...new Set([...Object.keys(KNOWN_PROVIDERS), ...Object.keys(config.values.providers ?? {})])];
}

function settings(config: LoadedConfig, name: string): ProviderConfig {
  const providers = config.values.providers ?? {};
  return Object.hasOwn(providers, name) ? (providers[name] as ProviderConfig) : {};
}

/**
 * A provider with everything filled in.
 * @throws MomError `config_invalid` for a name that is none, or an address that is none; `key_missing` for a key whose variable is unset
 */
export function resolveProvider(config: LoadedConfig, name: string): Provider {
  const own = settings(config, name);
  const known = Object.hasOwn(KNOWN_PROVIDERS, name) ? KNOWN_PROVIDERS[name] : undefined;
  const path = ['providers', name] as const;
  const address = config.text([...path, 'base_url']) ?? known?.baseUrl;
  if (address === undefined) {
    const names = providerNames(config);
    if (!names.includes(name)) throw new MomError('config_invalid', `there is no provider '${name}'`, { hint: nameHint(name, names) });
    throw new MomError('config_invalid', `provider '${name}' has no base_url`, { hint: `set providers.${name}.base_url` });
  }
  const url = parseAddress(address, config.origin([...path, 'base_url']));
  const hostVariables = keyVariablesFor(url);
  const configured = config.text([...path, 'api_key'])?.trim();
  return {
    name,
    dialect: own.dialect ?? known?.dialect ?? 'openai',
    baseUrl: address.trim().replace(/\/+$/, ''),
    apiKey: configured || firstSet(config, hostVariables),
    needsKey: own.needs_key ?? hostVariables.length > 0,
    headers: (config.deepText([...path, 'headers'], own.headers ?? {}) ?? {}) as Record<string, string>,
    extraBody: (config.deepText([...path, 'extra_body'], own.extra_body ?? {}) ?? {}) as Record<string, unknown>,
    privacy: { ...own.privacy },
    attribution: own.attribution ?? true,
  };
}

/** True when calls to the provider can be made: it has its key, or needs none. */
export function isUsable(provider: Provider): boolean {
  return provider.apiKey !== null || !provider.needsKey;
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

/** @throws MomError `key_missing` */
export function requireKey(config: LoadedConfig, provider: Provider): void {
  if (isUsable(provider)) return;
  const variable = Object.hasOwn(KNOWN_PROVIDERS, provider.name) ? KNOWN_PROVIDERS[provider.name]?.keyVariables[0] : undefined;
  throw new MomError('key_missing', `provider '${provider.name}' has no API key`, {
    hint: `set ${variable ? `${variable} or ` : ''}providers.${provider.name}.api_key in ${userFileHint(config)}`,
  });
}

function userFileHint(config: LoadedConfig): string {
  return config.files.find((file) => file.kind !== 'project')?.path ?? 'your own mom.config.yaml (`mom init` writes one)';
}

function firstSet(config: LoadedConfig, variables: readonly string[]): string | null {
  for (const name of variables) {
    const value = config.env[name]?.trim();
    if (value) return value;
  }
  return null;
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

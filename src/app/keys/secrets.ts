import type { LoadedConfig } from '../../config/load.js';
import { knownServeKeys } from '../../config/serve/serve-keys.js';
import type { Provider } from '../../core/model.js';
import { providerSecrets } from '../../core/secrets.js';

/** Keys in use, of providers and of the gateway, which are written nowhere. Those that commands print are there once they were run. */
export function secretsOf(config: LoadedConfig, providers: readonly Provider[]): string[] {
  const named = Object.entries(config.env).flatMap(([name, value]) => (value && /(KEY|TOKEN|SECRET)$/.test(name) ? [value] : []));
  return [...new Set([...named, ...providers.flatMap(providerSecrets), ...knownServeKeys(config), ...config.keyRing.secrets])];
}

/** The same at any time; worked out again only when a command has printed another key. */
export function liveSecrets(config: LoadedConfig, providers: readonly Provider[]): () => readonly string[] {
  let count = -1;
  let known: readonly string[] = [];
  return () => {
    const { length } = config.keyRing.secrets;
    if (length !== count) known = secretsOf(config, providers);
    count = length;
    return known;
  };
}

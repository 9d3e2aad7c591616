import type { LoadedConfig } from '../config/load.js';
import { knownServeKeys } from '../config/serve-keys.js';
import type { Provider } from '../core/model.js';
import { providerSecrets } from '../core/secrets.js';

/** Keys in use, of providers and of the gateway, which are written nowhere. */
export function secretsOf(config: LoadedConfig, providers: readonly Provider[]): string[] {
  const named = Object.entries(config.env).flatMap(([name, value]) => (value && /(KEY|TOKEN|SECRET)$/.test(name) ? [value] : []));
  return [...new Set([...named, ...providers.flatMap(providerSecrets), ...knownServeKeys(config)])];
}

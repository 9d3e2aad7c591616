import type { LoadedConfig } from '../config/load.js';
import { knownServeKeys } from '../config/serve-keys.js';
import type { Provider } from '../core/model.js';

/** Other headers, such as an organisation or a title, are words that may stand in any answer. */
const SECRET_HEADER = /authorization|key|token|cookie|secret|password/i;

/** Keys in use, of providers and of the gateway, which are written nowhere. */
export function secretsOf(config: LoadedConfig, providers: readonly Provider[]): string[] {
  const named = Object.entries(config.env).flatMap(([name, value]) => (value && /(KEY|TOKEN|SECRET)$/.test(name) ? [value] : []));
  const sent = providers.flatMap((provider) => [...(provider.apiKey ? [provider.apiKey] : []), ...secretHeaders(provider)]);
  return [...new Set([...named, ...sent, ...knownServeKeys(config)])];
}

function secretHeaders(provider: Provider): string[] {
  return Object.entries(provider.headers).flatMap(([name, value]) => (SECRET_HEADER.test(name) ? [value] : []));
}

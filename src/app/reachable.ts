import type { LoadedConfig } from '../config/load.js';
import { providerNames, resolveProvider, sandboxedProvider } from '../config/provider.js';
import { isMomError } from '../core/error.js';
import type { Provider } from '../core/model.js';
import type { Warning } from '../core/run.js';

export interface Reachable {
  providers: Provider[];
  /** Of those that can't be asked. */
  warnings: Warning[];
}

/**
 * Every provider that has an address and whose variables are set, with or without a key. One that lacks them stops no
 * other. In the sandbox all of them, without their keys.
 */
export function reachableProviders(config: LoadedConfig, sandbox: boolean): Reachable {
  if (sandbox) return { providers: providerNames(config).map(sandboxedProvider), warnings: [] };
  const providers: Provider[] = [];
  const warnings: Warning[] = [];
  for (const name of providerNames(config)) {
    try {
      providers.push(resolveProvider(config, name));
    } catch (error) {
      if (!isMomError(error)) throw error;
      warnings.push({ code: 'provider_unusable', message: `provider '${name}' can't be asked: ${error.message}` });
    }
  }
  return { providers, warnings };
}

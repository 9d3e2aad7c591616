import { unlockKeys } from '../config/keys/unlock.js';
import type { LoadedConfig } from '../config/load.js';
import { type MaybeConfigured, providerNames, resolveProvider, sandboxedProvider, unusedKeys } from '../config/providers/provider.js';
import { isMomError } from '../core/error.js';
import type { Warning } from '../core/run.js';

export interface Reachable {
  providers: MaybeConfigured[];
  /** Of those that can't be asked, and of the file of keys. */
  warnings: Warning[];
}

/**
 * Every provider that has an address and whose variables are set, with or without a key. One that lacks them stops no
 * other. In the sandbox all of them, without their keys. No key command is run.
 */
export function configuredProviders(config: LoadedConfig, sandbox: boolean): Reachable {
  if (sandbox) return { providers: providerNames(config).map(sandboxedProvider), warnings: [] };
  const providers: MaybeConfigured[] = [];
  const warnings: Warning[] = [];
  for (const name of providerNames(config)) {
    try {
      providers.push(resolveProvider(config, name));
    } catch (error) {
      warnings.push(unusable(name, error));
    }
  }
  return { providers, warnings: [...warnings, ...config.keyRing.warnings, ...unusedKeys(providers)] };
}

/** The same, ready to be asked: their key commands have been run. One whose command has failed is left out, with a warning. */
export async function reachableProviders(config: LoadedConfig, sandbox: boolean, signal?: AbortSignal): Promise<Reachable> {
  const { providers, warnings } = configuredProviders(config, sandbox);
  const tried = await Promise.all(
    providers.map((provider) =>
      unlockKeys(config, [provider], signal).then(
        () => ({ providers: [provider], warnings: [] }),
        (error: unknown) => ({ providers: [], warnings: [unusable(provider.name, error)] }),
      ),
    ),
  );
  return { providers: tried.flatMap((each) => each.providers), warnings: [...warnings, ...tried.flatMap((each) => each.warnings)] };
}

/** @throws what is no reason to leave a provider out */
function unusable(name: string, error: unknown): Warning {
  if (!isMomError(error) || error.code === 'cancelled') throw error;
  return { code: 'provider_unusable', message: `provider '${name}' can't be asked: ${error.message}` };
}

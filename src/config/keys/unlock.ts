import { isMomError } from '../../core/error.js';
import { membersOf } from '../../core/mixture.js';
import type { LoadedConfig } from '../load.js';
import type { ResolvedMixture } from '../mixture/resolve.js';
import type { MaybeConfigured } from '../providers/provider.js';

/**
 * Runs the key commands of these providers, all at once and each at most once for a configuration; their `apiKey` is there
 * afterwards. Those without a command are left as they are.
 * @throws MomError `key_missing`, `cancelled`
 */
export async function unlockKeys(config: LoadedConfig, providers: readonly MaybeConfigured[], signal?: AbortSignal): Promise<void> {
  await Promise.all(
    providers.map(async ({ name, keyPlace }) => {
      if (keyPlace?.from === 'command') await config.keyRing.run(name, keyPlace.command, signal);
    }),
  );
}

/** The same for all that a mixture asks. It goes on without the key of its cache's embedding model. */
export async function unlockMixture(config: LoadedConfig, { mixture, providers }: ResolvedMixture, signal?: AbortSignal): Promise<void> {
  const asked = new Set(membersOf(mixture).map(({ provider }) => provider));
  const unlocked = providers.map((provider) => {
    const done = unlockKeys(config, [provider], signal);
    return asked.has(provider.name) ? done : done.catch(ignoreMissingKey);
  });
  await Promise.all(unlocked);
}

function ignoreMissingKey(error: unknown): void {
  if (!isMomError(error) || error.code !== 'key_missing') throw error;
}

import type { LoadedConfig } from '../../config/load.js';
import { MADE_MIXTURES } from '../../config/mixture/builtin.js';
import { mixtureNames } from '../../config/mixture/recipe.js';
import { resolveMixture } from '../../config/mixture/resolve.js';
import type { MemberConfig } from '../../config/schema/schema.js';
import { isMomError } from '../../core/error.js';
import { answerersOf, type Member } from '../../core/mixture.js';
import { writtenId } from './model-id.js';

/** A mixture with its models as they are written behind `-m`. */
export interface ListedMixture {
  name: string;
  isDefault: boolean;
  strategy: string;
  /** Who is asked for an answer, also the one model of `single`. A model that is sampled several times is there several times. */
  proposers: readonly string[];
  /** The first one merges them, the others are fallbacks. */
  critics: readonly string[];
  /** Why it can't be run now; null where it can. */
  problem: string | null;
}

/** Every mixture, the default one first. One that mom makes from what is there is left out where nothing is there. */
export async function listMixtures(config: LoadedConfig, sandbox: boolean): Promise<ListedMixture[]> {
  const standard = config.values.mixture ?? 'default';
  const found = await Promise.all(mixtureNames(config).map((name) => listed(config, name, name === standard, sandbox)));
  return found.filter((mixture) => mixture !== null).sort((a, b) => Number(b.isDefault) - Number(a.isDefault));
}

async function listed(config: LoadedConfig, name: string, isDefault: boolean, sandbox: boolean): Promise<ListedMixture | null> {
  try {
    const { mixture } = await resolveMixture(config, { mixture: name, sandbox });
    const { strategy, critics } = mixture;
    return { name, isDefault, strategy, proposers: answerersOf(mixture).map(written), critics: critics.map(written), problem: null };
  } catch (error) {
    if (!isMomError(error)) throw error;
    const own = config.values.mixtures?.[name];
    if (own?.proposers === undefined && own?.tiers === undefined && !isDefault && isMade(name)) return null;
    const critics = own?.critic === undefined ? [] : [own.critic].flat();
    return {
      name,
      isDefault,
      strategy: own?.strategy ?? 'fuse',
      proposers: (own?.proposers ?? own?.tiers?.flat() ?? []).map(asConfigured),
      critics: critics.map(asConfigured),
      problem: error.message,
    };
  }
}

function isMade(name: string): boolean {
  return (MADE_MIXTURES as readonly string[]).includes(name);
}

function written({ provider, model }: Member): string {
  return writtenId(provider, model);
}

function asConfigured(entry: MemberConfig): string {
  if (typeof entry === 'string') return entry;
  return entry.provider === undefined ? entry.model : writtenId(entry.provider, entry.model);
}

import { type LoadedConfig, loadConfig } from '../../config/load.js';
import { splitModel } from '../../config/mixture/members.js';
import { mixtureNames } from '../../config/mixture/recipe.js';
import { DEFAULT_PROVIDER, KNOWN_PROVIDERS } from '../../config/providers/known.js';
import { providerNames } from '../../config/providers/provider.js';
import type { MemberConfig } from '../../config/schema/schema.js';
import type { Env } from '../../config/wishes.js';
import { createPriceShelf } from '../../store/price-lists.js';

/** Names that a user may write, from what is kept on this machine: nobody is asked. */
export interface KnownNames {
  mixtures: readonly string[];
  providers: readonly string[];
  /** Those of the configuration first, then those of the kept lists; as one writes them after `-m`. */
  models(): readonly string[];
}

/** @throws MomError for a configuration that can't be read */
export async function knownNames(env: Env, cwd: string, home: string): Promise<KnownNames> {
  const config = await loadConfig({ env, cwd, home, overrides: [] });
  return {
    mixtures: mixtureNames(config),
    providers: providerNames(config),
    models: () => [...new Set([...configured(config), ...listed(config, env, home)])],
  };
}

function configured(config: LoadedConfig): string[] {
  const mixtures = Object.values(config.values.mixtures ?? {});
  return mixtures.flatMap(({ proposers = [], critic = [], tiers = [], single }) =>
    [...proposers, critic, ...tiers.flat(), ...(single === undefined ? [] : [single])].flat().map((member) => written(config, member)),
  );
}

function written(config: LoadedConfig, member: MemberConfig): string {
  const { model, provider: named } = typeof member === 'string' ? { model: member, provider: undefined } : member;
  const { provider, model: id } = splitModel(config, model, named, []);
  return withProvider(provider, id);
}

function listed(config: LoadedConfig, env: Env, home: string): string[] {
  const shelf = createPriceShelf(env, home);
  return providerNames(config).flatMap((name) => {
    const address = config.text(['providers', name, 'base_url']) ?? KNOWN_PROVIDERS[name]?.baseUrl;
    const record = address === undefined ? null : shelf.load(name, address.trim().replace(/\/+$/, ''), new Date()).record;
    return [...(record?.list?.models.keys() ?? [])].map((id) => withProvider(name, id));
  });
}

function withProvider(provider: string, id: string): string {
  return provider === DEFAULT_PROVIDER ? id : `${provider}:${id}`;
}

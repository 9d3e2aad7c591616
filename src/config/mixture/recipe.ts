import { MomError } from '../../core/error.js';
import { SELF_SAMPLES } from '../../core/limits.js';
import { familyOf } from '../../core/model.js';
import type { Warning } from '../../core/run.js';
import type { LoadedConfig } from '../load.js';
import { nameHint } from '../nearest.js';
import { DEFAULT_PROVIDER, KNOWN_PROVIDERS } from '../providers/known.js';
import { findLocalServers, type Probe } from '../providers/local.js';
import { hasKey, isUsable, keyTrouble, resolveProvider } from '../providers/provider.js';
import type { MemberConfig, MixtureConfig } from '../schema/schema.js';
import { MADE_MIXTURES, VENDOR_MODELS, type VendorModels } from './builtin.js';

/** The models of a mixture as configured, or as made from what is there. */
export interface Recipe {
  name: string;
  config: MixtureConfig;
  proposers: readonly MemberConfig[];
  critics: readonly MemberConfig[];
  warnings: Warning[];
}

export interface Need {
  /** False when the user named other proposers, or critics. */
  proposers: boolean;
  critics: boolean;
  /** The sandbox has every model and needs no key. */
  sandbox: boolean;
}

export function mixtureNames(config: LoadedConfig): string[] {
  return [...new Set([...Object.keys(config.values.mixtures ?? {}), ...MADE_MIXTURES])];
}

/** @throws MomError `config_invalid` when `mixture` names one that nobody has */
export function checkDefaultMixture(config: LoadedConfig): void {
  const name = config.values.mixture;
  if (name !== undefined && !mixtureNames(config).includes(name)) throw noDefault(config, name);
}

function noDefault(config: LoadedConfig, name: string): MomError {
  return new MomError('config_invalid', `${config.origin(['mixture'])}: there is no mixture '${name}'`, {
    hint: nameHint(name, mixtureNames(config)),
  });
}

/**
 * The recipe with this name.
 * @throws MomError `config_invalid` or `usage` for an unknown name; `key_missing` when no provider of its models has a key
 */
export async function findRecipe(config: LoadedConfig, asked: string | undefined, need: Need, probe: Probe): Promise<Recipe> {
  const name = asked ?? config.values.mixture ?? 'default';
  const mixtures = config.values.mixtures ?? {};
  const own = Object.hasOwn(mixtures, name) ? mixtures[name] : undefined;
  const made = (MADE_MIXTURES as readonly string[]).includes(name);
  if (own === undefined && !made) {
    if (asked === undefined) throw noDefault(config, name);
    throw new MomError('usage', `there is no mixture '${name}'`, { hint: nameHint(name, mixtureNames(config)) });
  }
  const recipe: Recipe = {
    name,
    config: own ?? {},
    proposers: own?.proposers ?? own?.tiers?.flat() ?? [],
    critics: criticList(own),
    warnings: [],
  };
  if (made && recipe.proposers.length === 0 && need.proposers) {
    return name === 'local' ? localRecipe(recipe, probe) : selfRecipe(recipe, config, need, probe);
  }
  return withoutOpenRouter(recipe, config, need, probe);
}

function criticList(config: MixtureConfig | undefined): readonly MemberConfig[] {
  const critic = config?.critic;
  if (critic === undefined) return config?.proposers?.slice(0, 1) ?? config?.tiers?.at(-1)?.slice(0, 1) ?? [];
  return Array.isArray(critic) ? critic : [critic];
}

/** The built-in mixtures ask OpenRouter; without its key they are made from what the vendors with a key offer. */
async function withoutOpenRouter(recipe: Recipe, config: LoadedConfig, need: Need, probe: Probe): Promise<Recipe> {
  const isBuiltIn = (option: string) => config.source(['mixtures', recipe.name, option])?.kind === 'built-in';
  const proposers = need.proposers && isBuiltIn('proposers');
  const critics = need.critics && isBuiltIn('critic');
  if (need.sandbox || (!proposers && !critics) || isUsable(resolveProvider(config, DEFAULT_PROVIDER))) return recipe;
  const vendors = usableVendors(config);
  const [first] = vendors;
  if (!first) throw await noKeyOf(config, probe);
  const cheap = recipe.name === 'fast';
  const pick = (models: VendorModels) => (cheap ? models.cheap : recipe.name === 'best' ? models.critic : models.main);
  const panel = vendors.length > 1 ? vendors : Array<Vendor>(cheap ? 2 : SELF_SAMPLES.default).fill(first);
  const entry = ({ name }: Vendor, model: string) => ({ provider: name, model });
  const names = vendors.map((vendor) => vendor.name).join(' and ');
  return {
    ...recipe,
    proposers: proposers ? panel.map((vendor) => entry(vendor, pick(vendor.models))) : recipe.proposers,
    critics: critics ? vendors.map((vendor) => entry(vendor, cheap ? vendor.models.main : vendor.models.critic)) : recipe.critics,
    warnings: [{ code: 'other_provider', message: `no OpenRouter key: mixture '${recipe.name}' uses models of ${names}` }],
  };
}

function selfRecipe(recipe: Recipe, config: LoadedConfig, need: Need, probe: Probe): Promise<Recipe> {
  const [vendor] = need.sandbox
    ? [{ name: DEFAULT_PROVIDER, models: VENDOR_MODELS[DEFAULT_PROVIDER] as VendorModels }]
    : usableVendors(config);
  if (!vendor) return noKeyOf(config, probe).then((error) => Promise.reject(error));
  const sample = { provider: vendor.name, model: vendor.models.main };
  return Promise.resolve({
    ...recipe,
    config: { strategy: 'self', single: sample, ...recipe.config },
    proposers: Array<MemberConfig>(SELF_SAMPLES.default).fill(sample),
    critics: recipe.config.critic === undefined ? [sample] : recipe.critics,
  });
}

/** One model of each family that the local servers offer, three at most; with a single family two samples of its first. */
async function localRecipe(recipe: Recipe, probe: Probe): Promise<Recipe> {
  const offered = (await findLocalServers(probe)).flatMap(({ provider, models }) => models.map((model) => ({ provider, model })));
  const [first] = offered;
  if (!first) {
    throw new MomError(
      'config_invalid',
      "mixture 'local' found no model: nothing answers on 127.0.0.1:11434 (Ollama) or 127.0.0.1:1234 (LM Studio)",
      {
        hint: 'start one and load a model, for example `ollama pull llama3.2`',
      },
    );
  }
  const families = new Map(offered.toReversed().map((entry) => [familyOf(entry.model), entry]));
  const panel = [...families.values()].reverse().slice(0, SELF_SAMPLES.default);
  return {
    ...recipe,
    proposers: panel.length === 1 ? [first, first] : panel,
    critics: recipe.config.critic === undefined ? [first] : recipe.critics,
  };
}

interface Vendor {
  name: string;
  models: VendorModels;
}

function usableVendors(config: LoadedConfig): Vendor[] {
  return Object.entries(VENDOR_MODELS).flatMap(([name, models]) => {
    const provider = resolveProvider(config, name);
    return hasKey(provider) ? [{ name, models }] : [];
  });
}

/** Nobody has a key: why the default provider's is not used, else every way that is open. */
export async function noKeyOf(config: LoadedConfig, probe: Probe): Promise<MomError> {
  return keyTrouble(config, resolveProvider(config, DEFAULT_PROVIDER)) ?? noKey(probe);
}

/** The error of a user without any key: every way that is open. */
export async function noKey(probe: Probe): Promise<MomError> {
  const servers = await findLocalServers(probe);
  const others = Object.values(KNOWN_PROVIDERS)
    .flatMap((known) => known.keyVariables.slice(0, 1))
    .filter((name) => name !== 'OPENROUTER_API_KEY');
  const found = servers.map(({ provider, baseUrl }) => `${provider} on ${new URL(baseUrl).host}`).join(' and ');
  const local =
    found === ''
      ? 'start Ollama or LM Studio: nothing answers on 127.0.0.1:11434 or 127.0.0.1:1234'
      : `--mixture local          asks what runs here: ${found}`;
  return new MomError('key_missing', 'no API key is set', {
    hint: [
      'one of these ways:',
      '  mom keys set openrouter  asks for a key and keeps it',
      `  set OPENROUTER_API_KEY (or ${others.join(', ')})`,
      '  mom init                 writes a configuration',
      '  --sandbox                needs no key and no network',
      `  ${local}`,
    ].join('\n'),
  });
}

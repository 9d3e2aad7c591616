import { MomError } from '../core/error.js';
import { BUILT_IN_MAX_COST, DEFAULT_TIMEOUTS, RETRY } from '../core/limits.js';
import { type Cap, defaultQuorum, type Member, type Mixture, STRATEGIES, type StrategyName } from '../core/mixture.js';
import type { Provider } from '../core/model.js';
import type { Warning } from '../core/run.js';
import type { LoadedConfig } from './load.js';
import { type Probe, probeModels } from './local.js';
import { type MemberDefaults, mergeTimeouts, milliseconds, resolveMember, resolveRole } from './members.js';
import { nameHint } from './nearest.js';
import { isUsable, requireKey, resolveProvider, sandboxedProvider } from './provider.js';
import { DEFAULT_PROVIDER } from './providers.js';
import { findRecipe, noKey, type Recipe } from './recipe.js';
import type { MemberConfig } from './schema.js';
import type { Path } from './tree.js';
import type { MixtureChoice } from './wishes.js';

export { sandboxProviders } from './provider.js';

export interface ResolvedMixture {
  mixture: Mixture;
  /** Those that the mixture's members use. */
  providers: Provider[];
  warnings: Warning[];
}

/**
 * The mixture that will run, with every default filled in, and the providers it uses.
 * @throws MomError `usage` for a wrong choice, `config_invalid` for a wrong configuration, `key_missing`
 */
export async function resolveMixture(config: LoadedConfig, choice: MixtureChoice, probe: Probe = probeModels): Promise<ResolvedMixture> {
  const models = choice.models?.length ? choice.models : null;
  const critics = choice.critics?.length ? choice.critics : null;
  const wanted = pickStrategy(choice, models, critics);
  const need = {
    proposers: models === null,
    critics: critics === null && !choice.noCritic && !(wanted === 'single' && models !== null),
    sandbox: choice.sandbox ?? false,
  };
  const recipe = await findRecipe(config, choice.mixture, need, probe);
  const strategy = wanted ?? recipe.config.strategy ?? 'fuse';
  const members = resolveMembers(config, choice, recipe, strategy, models, critics);
  const n = members.proposers.length;
  const topGrace = recipe.config.grace ?? config.values.grace ?? 'auto';
  const mixture: Mixture = {
    name: recipe.name,
    proposers: members.proposers,
    critics: members.critics,
    single: members.single,
    strategy,
    quorum: limit(config, recipe, 'quorum', choice.quorum, strategy === 'single' || models !== null, n) ?? defaultQuorum(n),
    minAnswers: limit(config, recipe, 'min_answers', choice.minAnswers, strategy === 'single' || models !== null, n) ?? 1,
    grace: choice.grace ?? (topGrace === 'auto' ? 'auto' : milliseconds(topGrace as string | 0)),
    runTimeout: choice.runTimeout ?? members.timeouts.run,
    retries: choice.retries ?? recipe.config.retries ?? config.values.retries ?? RETRY.max,
    maxCost: cap(choice.maxCost ?? recipe.config.max_cost ?? config.values.max_cost),
  };
  return { mixture, providers: await usedProviders(config, mixture, need.sandbox, probe), warnings: recipe.warnings };
}

function pickStrategy(choice: MixtureChoice, models: readonly string[] | null, critics: readonly string[] | null): StrategyName | null {
  const asked = choice.strategy;
  if (asked === undefined) return models?.length === 1 && critics === null ? 'single' : null;
  if (!(STRATEGIES as readonly string[]).includes(asked))
    throw new MomError('usage', `there is no strategy '${asked}'`, { hint: nameHint(asked, STRATEGIES) });
  if (asked === 'single' && models !== null && models.length > 1) {
    throw new MomError('usage', `strategy 'single' asks one model, but ${models.length} are named`, {
      hint: 'give one -m, or leave --strategy out',
    });
  }
  return asked as StrategyName;
}

function resolveMembers(
  config: LoadedConfig,
  choice: MixtureChoice,
  recipe: Recipe,
  strategy: StrategyName,
  models: readonly string[] | null,
  critics: readonly string[] | null,
) {
  const path: Path = ['mixtures', recipe.name];
  const timeouts = mergeTimeouts(mergeTimeouts({ ...DEFAULT_TIMEOUTS }, config.values.timeouts), recipe.config.timeouts);
  const defaults: MemberDefaults = { mixture: recipe.config, timeouts, callTimeout: choice.callTimeout };
  const fromFlag = choice.role === undefined ? null : resolveRole(config, choice.role, null);
  const common = recipe.config.role === undefined ? null : resolveRole(config, recipe.config.role, [...path, 'role']);
  const proposer = (entry: MemberConfig, id: string, at: Path): Member => {
    const member = resolveMember(config, entry, id, at, defaults, common);
    return fromFlag ? { ...member, role: fromFlag } : member;
  };
  const criticIds = critics ?? recipe.critics;
  const criticAt = (index: number): Path =>
    critics ? ['--critic'] : Array.isArray(recipe.config.critic) ? [...path, 'critic', index] : [...path, 'critic'];
  const critic = (entry: MemberConfig, index: number) => resolveMember(config, entry, `c${index + 1}`, criticAt(index), defaults, null);
  if (strategy === 'single') {
    const entry = models?.[0] ?? critics?.[0] ?? recipe.config.single ?? criticIds[0] ?? recipe.proposers[0];
    const at: Path = models ? ['--model'] : recipe.config.single !== undefined && !critics ? [...path, 'single'] : criticAt(0);
    return { proposers: [], critics: [], single: entry === undefined ? null : proposer(entry, 's1', at), timeouts };
  }
  const entries = models ?? recipe.proposers;
  return {
    proposers: entries.map((entry, index) => proposer(entry, `p${index + 1}`, models ? ['--model'] : [...path, 'proposers', index])),
    critics: choice.noCritic ? [] : criticIds.map(critic),
    single: null,
    timeouts,
  };
}

/** A number of proposals that can't be more than there are proposers. What a file says counts for the file's own proposers. */
function limit(
  config: LoadedConfig,
  recipe: Recipe,
  option: 'quorum' | 'min_answers',
  asked: number | undefined,
  replaced: boolean,
  n: number,
): number | undefined {
  const value = asked ?? (replaced ? undefined : recipe.config[option]);
  if (value === undefined) return undefined;
  if (value <= n || (n === 0 && replaced)) return value;
  if (asked !== undefined) {
    throw new MomError(
      'usage',
      `--${option.replace('_', '-')} ${value} is more than the ${n} ${n === 1 ? 'model' : 'models'} that will be asked`,
      {
        hint: `use a number from 1 to ${n}`,
      },
    );
  }
  throw new MomError(
    'config_invalid',
    `${config.origin(['mixtures', recipe.name, option])}: ${option} ${value} is more than the ${n} proposers of mixture '${recipe.name}'`,
    {
      hint: `use a number from 1 to ${n}`,
    },
  );
}

/**
 * Checks what only shows when the layers are one: roles, providers and numbers of every configured mixture. Reads no key.
 * @throws MomError `config_invalid`
 */
export function checkMixtures(config: LoadedConfig): void {
  for (const [name, mixture] of Object.entries(config.values.mixtures ?? {})) {
    const critics = mixture.critic === undefined ? [] : Array.isArray(mixture.critic) ? mixture.critic : [mixture.critic];
    const recipe: Recipe = { name, config: mixture, proposers: mixture.proposers ?? [], critics, warnings: [] };
    resolveMembers(config, {}, recipe, 'fuse', null, null);
    if (mixture.single !== undefined) resolveMembers(config, {}, recipe, 'single', null, null);
    if (mixture.proposers === undefined) continue;
    limit(config, recipe, 'quorum', undefined, false, mixture.proposers.length);
    limit(config, recipe, 'min_answers', undefined, false, mixture.proposers.length);
  }
}

function cap(usd: number | undefined): Cap {
  return usd === undefined ? { usd: BUILT_IN_MAX_COST, setByUser: false } : { usd, setByUser: true };
}

async function usedProviders(config: LoadedConfig, mixture: Mixture, sandbox: boolean, probe: Probe): Promise<Provider[]> {
  const members = [...mixture.proposers, ...mixture.critics, ...(mixture.single ? [mixture.single] : [])];
  const names = [...new Set(members.map((member) => member.provider))];
  if (sandbox) return names.map(sandboxedProvider);
  const providers = names.map((name) => resolveProvider(config, name));
  for (const provider of providers) {
    if (provider.name === DEFAULT_PROVIDER && !isUsable(provider)) throw await noKey(probe);
    requireKey(config, provider);
  }
  return providers;
}

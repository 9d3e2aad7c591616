import { MomError } from '../../core/error.js';
import { BUILT_IN_MAX_COST, EXPECTED_OUTPUT_TOKENS, RETRY, STREAM_RUN_TIMEOUT } from '../../core/limits.js';
import {
  type Cap,
  defaultQuorum,
  type Member,
  type Mixture,
  membersOf,
  ROUTES,
  type RouteName,
  STRATEGIES,
  type StrategyName,
} from '../../core/mixture.js';
import type { Provider } from '../../core/model.js';
import type { Warning } from '../../core/run.js';
import type { Path } from '../files/tree.js';
import type { LoadedConfig } from '../load.js';
import { nameHint } from '../nearest.js';
import { DEFAULT_PROVIDER } from '../providers/known.js';
import { type Probe, probeModels } from '../providers/local.js';
import { isUsable, requireKey, resolveProvider, sandboxedProvider } from '../providers/provider.js';
import { checkServe } from '../serve/serve.js';
import { semanticOf } from '../settings.js';
import type { MixtureChoice } from '../wishes.js';
import { milliseconds } from './members.js';
import { PanelMaker } from './panel.js';
import { checkDefaultMixture, findRecipe, mixtureNames, noKeyOf, type Recipe } from './recipe.js';
import { resolveRefine, resolveRules, resolveVerify } from './rules.js';

export { sandboxProviders } from '../providers/provider.js';

export interface ResolvedMixture {
  mixture: Mixture;
  /** Those that the mixture's members and the cache use. */
  providers: Provider[];
  warnings: Warning[];
}

/** One mixture, without those that `auto` may lead to. */
interface Resolved {
  mixture: Mixture;
  warnings: Warning[];
}

/**
 * The mixture that will run, with every default filled in, and the providers it uses.
 * @throws MomError `usage` for a wrong choice, `config_invalid` for a wrong configuration, `key_missing`
 */
export async function resolveMixture(config: LoadedConfig, choice: MixtureChoice, probe: Probe = probeModels): Promise<ResolvedMixture> {
  const { mixture, warnings } = await resolveOne(config, choice, pickStrategy(choice), probe);
  const routes = await resolveRoutes(config, choice, mixture, probe);
  const routed = { ...mixture, auto: { ...mixture.auto, routes: Object.fromEntries(routes.map(({ name, to }) => [name, to.mixture])) } };
  return {
    mixture: routed,
    providers: await usedProviders(config, routed, choice.sandbox ?? false, probe),
    warnings: distinct([...warnings, ...routes.flatMap(({ to }) => to.warnings)]),
  };
}

/** @param routed `auto` leads to it: what flags ask of the first mixture holds as far as this one can */
async function resolveOne(
  config: LoadedConfig,
  choice: MixtureChoice,
  wanted: StrategyName | null,
  probe: Probe,
  routed = false,
): Promise<Resolved> {
  const named = Boolean(choice.models?.length);
  const asksOneModel = wanted === 'single' || wanted === 'self';
  const need = {
    proposers: !named,
    critics: !choice.critics?.length && !choice.noCritic && !(asksOneModel && named),
    sandbox: choice.sandbox ?? false,
  };
  const recipe = await findRecipe(config, choice.mixture, need, probe);
  const own = recipe.config;
  const strategy = wanted ?? own.strategy ?? (choice.gateway && !routed ? 'auto' : 'fuse');
  const maker = new PanelMaker(config, choice, recipe);
  const panel = maker.panel(strategy, routed || strategy === 'auto');
  const n = panel.proposers.length;
  const counts = { n, replaced: strategy === 'single' || strategy === 'self' || named, clamp: routed || panel.tiers.length > 0 };
  const grace = own.grace ?? config.values.grace ?? 'auto';
  const path: Path = ['mixtures', recipe.name];
  const mixture: Mixture = {
    name: recipe.name,
    proposers: panel.proposers,
    critics: panel.critics,
    single: panel.single,
    strategy,
    strategyChosen: (wanted ?? own.strategy) !== undefined,
    rules: resolveRules(own, choice, panel.tiers, maker.make, path),
    auto: { classifier: strategy === 'auto' && !routed ? classifierOf(own, maker, path) : null, routes: {} },
    verify: resolveVerify(own, choice, maker.make, path),
    refine: resolveRefine(own, choice),
    quorum: limit(config, recipe, 'quorum', choice.quorum, counts) ?? defaultQuorum(n),
    minAnswers: limit(config, recipe, 'min_answers', choice.minAnswers, counts) ?? 1,
    grace: choice.grace ?? (grace === 'auto' ? 'auto' : milliseconds(grace as string | 0)),
    runTimeout: choice.runTimeout ?? runTimeout(config, own, choice) ?? maker.timeouts.run,
    retries: choice.retries ?? own.retries ?? config.values.retries ?? RETRY.max,
    maxCost: cap(choice.maxCost ?? own.max_cost ?? config.values.max_cost, choice),
    expectedOutput: own.expected_output ?? EXPECTED_OUTPUT_TOKENS,
    allowUnknownPrice: own.allow_unknown_price ?? config.values.allow_unknown_price ?? false,
  };
  return { mixture, warnings: [...recipe.warnings, ...(routed ? [] : withoutEffect(choice, strategy))] };
}

/** The mixtures that `auto` may lead to. Models that the user named are asked whatever the request is. */
async function resolveRoutes(
  config: LoadedConfig,
  choice: MixtureChoice,
  mixture: Mixture,
  probe: Probe,
): Promise<{ name: RouteName; to: Resolved }[]> {
  if (mixture.strategy !== 'auto' || choice.models?.length) return [];
  const targets = routeTargets(config, mixture.name);
  return Promise.all(
    targets.map(async ({ name, target }) => ({ name, to: await resolveOne(config, { ...choice, mixture: target }, null, probe, true) })),
  );
}

/** The names behind `auto` of a mixture. @throws MomError `config_invalid` for one that is none */
function routeTargets(config: LoadedConfig, mixture: string): { name: RouteName; target: string }[] {
  const auto = config.values.mixtures?.[mixture]?.auto;
  const names = mixtureNames(config);
  return ROUTES.flatMap((name) => {
    const target = auto?.[name];
    if (target === undefined) return [];
    if (names.includes(target)) return [{ name, target }];
    throw new MomError('config_invalid', `${config.origin(['mixtures', mixture, 'auto', name])}: there is no mixture '${target}'`, {
      hint: nameHint(target, names),
    });
  });
}

function classifierOf({ auto }: Recipe['config'], maker: PanelMaker, path: Path): Member | null {
  return auto?.classifier === undefined ? null : maker.make(auto.classifier, 'r1', [...path, 'auto', 'classifier']);
}

/** What a flag asks for, or what naming a single model means; null leaves it to the mixture. */
function pickStrategy({ strategy: asked, models = [], critics = [] }: MixtureChoice): StrategyName | null {
  if (asked === undefined) return models.length === 1 && critics.length === 0 ? 'single' : null;
  if (!(STRATEGIES as readonly string[]).includes(asked))
    throw new MomError('usage', `there is no strategy '${asked}'`, { hint: nameHint(asked, STRATEGIES) });
  if ((asked === 'single' || asked === 'self') && models.length > 1) {
    throw new MomError('usage', `strategy '${asked}' asks one model, but ${models.length} are named`, {
      hint: 'name one model (-m), or leave the strategy out (--strategy)',
    });
  }
  return asked as StrategyName;
}

interface Counts {
  /** Proposers that will be asked. */
  n: number;
  /** They are not the ones of the file, so what the file says of their number does not hold. */
  replaced: boolean;
  /** A number that is too large means all of them. */
  clamp: boolean;
}

/** A number of proposals that can't be more than there are proposers. What a file says counts for the file's own proposers. */
function limit(
  config: LoadedConfig,
  recipe: Recipe,
  option: 'quorum' | 'min_answers',
  asked: number | undefined,
  { n, replaced, clamp }: Counts,
): number | undefined {
  const value = asked ?? (replaced ? undefined : recipe.config[option]);
  if (value === undefined) return undefined;
  if (value <= n || (n === 0 && replaced)) return value;
  if (clamp) return Math.max(1, n);
  const hint = `use a number from 1 to ${n}`;
  if (asked === undefined) {
    const place = config.origin(['mixtures', recipe.name, option]);
    throw new MomError('config_invalid', `${place}: ${option} ${value} is more than the ${n} proposers of mixture '${recipe.name}'`, {
      hint,
    });
  }
  const models = `${n} ${n === 1 ? 'model' : 'models'}`;
  throw new MomError('usage', `--${option.replace('_', '-')} ${value} is more than the ${models} that will be asked`, { hint });
}

/**
 * Checks what only shows when the layers are one: the default mixture's name, and roles, providers, routes and numbers of every
 * configured mixture. Reads no key.
 * @throws MomError `config_invalid`
 */
export function checkMixtures(config: LoadedConfig): void {
  checkDefaultMixture(config);
  for (const [name, mixture] of Object.entries(config.values.mixtures ?? {})) {
    const critics = mixture.critic === undefined ? [] : Array.isArray(mixture.critic) ? mixture.critic : [mixture.critic];
    const recipe: Recipe = { name, config: mixture, proposers: mixture.proposers ?? [], critics, warnings: [] };
    const path: Path = ['mixtures', name];
    const maker = new PanelMaker(config, {}, recipe);
    maker.panel('fuse', mixture.single !== undefined);
    const { tiers } = maker.panel('cascade', false);
    resolveRules(mixture, {}, tiers, maker.make, path);
    resolveVerify(mixture, {}, maker.make, path);
    classifierOf(mixture, maker, path);
    routeTargets(config, name);
    if (mixture.proposers === undefined) continue;
    const counts = { n: mixture.proposers.length, replaced: false, clamp: false };
    for (const option of ['quorum', 'min_answers'] as const) limit(config, recipe, option, undefined, counts);
  }
  semanticOf(config);
  checkServe(config);
}

/** The built-in cap is for the shell, where one question is one run. */
function cap(usd: number | undefined, { gateway }: MixtureChoice): Cap | null {
  if (usd !== undefined) return { usd, setByUser: true };
  return gateway ? null : { usd: BUILT_IN_MAX_COST, setByUser: false };
}

/** A client that reads along has more time, unless the configuration says how much. */
function runTimeout(config: LoadedConfig, own: Recipe['config'], { gateway }: MixtureChoice): number | undefined {
  const isSet = (own.timeouts?.run ?? config.values.timeouts?.run) !== undefined;
  return gateway === 'stream' && !isSet ? STREAM_RUN_TIMEOUT : undefined;
}

async function usedProviders(config: LoadedConfig, mixture: Mixture, sandbox: boolean, probe: Probe): Promise<Provider[]> {
  const names = [...new Set(membersOf(mixture).map((member) => member.provider))];
  const cache = semanticOf(config)?.provider;
  const all = cache === undefined || names.includes(cache) ? names : [...names, cache];
  if (sandbox) return all.map(sandboxedProvider);
  const providers = all.map((name) => resolveProvider(config, name));
  for (const provider of providers) {
    // A run goes on without its cache's embedding model.
    if (!names.includes(provider.name)) continue;
    if (provider.name === DEFAULT_PROVIDER && !isUsable(provider)) throw await noKeyOf(config, probe);
    requireKey(config, provider);
  }
  return providers;
}

/** Flags that this strategy has no use for. */
function withoutEffect({ layers }: MixtureChoice, strategy: StrategyName): Warning[] {
  if (layers === undefined || strategy === 'deep' || strategy === 'auto') return [];
  return [{ code: 'no_effect', message: `--layers has no effect with strategy '${strategy}'; it is for 'deep'` }];
}

function distinct(warnings: readonly Warning[]): Warning[] {
  return warnings.filter((warning, i) => warnings.findIndex((other) => other.message === warning.message) === i);
}

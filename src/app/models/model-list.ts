import { createClient } from '../../client/index.js';
import type { PreparedCatalog } from '../../client/models/catalog.js';
import type { ListFailure } from '../../client/models/model-book.js';
import { type LoadedConfig, loadConfig } from '../../config/load.js';
import { noKey } from '../../config/mixture/recipe.js';
import { nameHint } from '../../config/nearest.js';
import { DEFAULT_PROVIDER, KNOWN_PROVIDERS } from '../../config/providers/known.js';
import { probeModels } from '../../config/providers/local.js';
import { isUsable, providerNames } from '../../config/providers/provider.js';
import { settingsOf } from '../../config/settings.js';
import type { Env } from '../../config/wishes.js';
import type { ModelFacts } from '../../core/catalog.js';
import { MomError } from '../../core/error.js';
import type { Provider } from '../../core/model.js';
import type { Warning } from '../../core/run.js';
import { openCatalog } from '../knowledge.js';
import { reachableProviders } from '../reachable.js';
import { openPlace, type SandboxWish } from '../sandbox-place.js';
import { type ListedMixture, listMixtures } from './mixture-list.js';
import { writtenId } from './model-id.js';

export interface ModelListOptions {
  env: Env;
  cwd: string;
  home: string;
  configFile?: string;
  /** Only this one, whether it has its key or not. @default all that can be asked */
  provider?: string | undefined;
  /** Fetch the lists even where the kept ones are new enough. */
  refresh: boolean;
  sandbox: SandboxWish | null;
}

/** A model of a provider's list. */
export interface ListedModel extends Pick<ModelFacts, 'name' | 'modalities' | 'context' | 'prices'> {
  /** As it is written behind `-m`. */
  id: string;
  provider: string;
  /** The provider's own id. */
  model: string;
}

/** What is known of one provider's models. */
export interface ProviderList {
  name: string;
  /** When the list was fetched (ISO 8601); null where there is none. */
  listedAt: string | null;
  /** Why no new list came; the kept one is then what `models` is from. */
  failure: ListFailure | null;
  models: readonly ListedModel[];
}

export interface ModelList {
  /** The default one first. */
  mixtures: readonly ListedMixture[];
  providers: readonly ProviderList[];
  warnings: readonly Warning[];
  /** Why there is no model at all; null where there is one. */
  error: MomError | null;
}

/**
 * Mixtures, and the models of every provider that has its key or needs none. Lists that are kept and new enough are not
 * fetched again. A provider that can't be asked is a failure of its own, never one of the others.
 * @throws MomError `usage` for a provider that is none, `config_invalid`, `config_untrusted`
 */
export async function listModels(options: ModelListOptions): Promise<ModelList> {
  const { env, cwd, home, configFile, sandbox } = options;
  const config = await loadConfig({ env, cwd, home, ...(configFile === undefined ? {} : { configFile }), overrides: [] });
  const { asked, warnings } = await whoIsAsked(config, options);
  const place = await openPlace(asked, sandbox);
  const client = createClient({ providers: place.providers, env });
  const notes: Warning[] = [];
  const catalog = openCatalog({
    providers: place.providers,
    settings: settingsOf(config),
    source: client,
    sandbox: sandbox !== null,
    env,
    home,
    onNote: (note) => notes.push(note),
  });
  try {
    const [mixtures, lists] = await Promise.all([
      listMixtures(config, sandbox !== null),
      Promise.all(place.providers.map((provider) => listOf(provider, catalog, options.refresh))),
    ]);
    const providers = lists.filter((list) => list.listedAt !== null || !isUncalledFor(list.name, config, options));
    return { mixtures, providers, warnings: [...warnings, ...notes], error: await whyNone(providers, warnings) };
  } finally {
    await catalog.settle();
    client.close();
    await place.close();
  }
}

async function whoIsAsked(config: LoadedConfig, { provider: named, sandbox }: ModelListOptions) {
  const names = providerNames(config);
  if (named !== undefined && !names.includes(named)) {
    throw new MomError('usage', `there is no provider '${named}'`, { hint: nameHint(named, names) });
  }
  const { providers, warnings } = await reachableProviders(config, sandbox !== null);
  if (named !== undefined) return { asked: providers.filter(({ name }) => name === named), warnings };
  // In the sandbox all providers are the same one.
  if (sandbox !== null) return { asked: providers.filter(({ name }) => name === DEFAULT_PROVIDER), warnings };
  return { asked: providers.filter(isUsable), warnings };
}

async function listOf(provider: Provider, catalog: PreparedCatalog, refresh: boolean): Promise<ProviderList> {
  const { name } = provider;
  const failure = await catalog.refreshList(name, refresh);
  const models = catalog.listed(name).map(({ id: model }): ListedModel => {
    const { name: title, modalities, context, prices } = catalog.facts(name, model) as ModelFacts;
    return {
      id: writtenId(name, model),
      provider: name,
      model,
      ...(title === undefined ? {} : { name: title }),
      ...(modalities === undefined ? {} : { modalities }),
      context,
      prices,
    };
  });
  return { name, listedAt: catalog.listedAt(name), failure, models: models.sort((a, b) => (a.id < b.id ? -1 : 1)) };
}

/** A local server of a kind that mom knows, which nobody has configured: that none is running is no news. */
function isUncalledFor(name: string, config: LoadedConfig, { provider: named }: ModelListOptions): boolean {
  if (name === named || Object.hasOwn(config.values.providers ?? {}, name)) return false;
  return Object.hasOwn(KNOWN_PROVIDERS, name) && KNOWN_PROVIDERS[name]?.host === null;
}

async function whyNone(lists: readonly ProviderList[], warnings: readonly Warning[]): Promise<MomError | null> {
  if (lists.some(({ listedAt }) => listedAt !== null)) return null;
  if (lists.length === 0 && warnings.length === 0) return noKey(probeModels);
  const failures = [...lists.flatMap(({ failure }) => failure?.message ?? []), ...warnings.map(({ message }) => message)];
  return new MomError('provider_error', `no provider told its models: ${failures.join('; ')}`, {
    hint: '`mom doctor` says what is wrong and how to mend it',
  });
}

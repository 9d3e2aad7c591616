import type { Thoughts } from '../../client/answer/thoughts.js';
import type { Breakers } from '../../client/failing/breaker.js';
import type { RetryBudget } from '../../client/failing/retry-budget.js';
import { createClient } from '../../client/index.js';
import { watchedFiles } from '../../config/files/watched.js';
import { type LoadedConfig, loadConfig } from '../../config/load.js';
import { checkMixtures } from '../../config/mixture/resolve.js';
import { settingsOf } from '../../config/settings.js';
import type { Env, Override, Settings } from '../../config/wishes.js';
import { isMomError, toMomError } from '../../core/error.js';
import type { Exchange } from '../../core/exchange.js';
import { membersOf } from '../../core/mixture.js';
import type { Warning } from '../../core/run.js';
import { createEngine } from '../../engine/index.js';
import { budgetHolders, budgetStates, keyId } from '../budgets/key-budgets.js';
import { liveSecrets } from '../keys/secrets.js';
import { keptInformed, openCatalog } from '../knowledge.js';
import { openMemory } from '../memory.js';
import { configuredProviders } from '../reachable.js';
import { openPlace, type SandboxWish } from '../sandbox-place.js';
import { forwardEmbeddings } from './embeddings.js';
import { latestEvaluation } from './latest-evaluation.js';
import { servedModel, servedModels } from './served-models.js';
import type { Service, Target } from './service.js';
import { checkSideRules } from './side-rules.js';
import { Targets } from './targets.js';
import { whyUnready } from './unready.js';

/** The world and the user's wishes, from which a service is made. */
export interface ServiceOptions {
  env: Env;
  cwd: string;
  home: string;
  /** Replaces project and user configuration, and is trusted. */
  configFile?: string;
  overrides?: readonly Override[];
  /** The default mixture, in place of the configured one. */
  mixture?: string;
  /** Points every provider at an embedded one and drops keys. */
  sandbox?: SandboxWish | null;
  /** Of all services of the process: what they have learnt outlives a reload. */
  breakers?: Breakers;
  retryBudget?: RetryBudget;
  thoughts?: Thoughts;
  /** Ends the wait for prices. */
  signal?: AbortSignal;
  /** Told what is wrong with kept lists, answers and budgets, which stops nothing. */
  onNote?: (note: Warning) => void;
  /** Told each HTTP exchange with a provider when it is over. */
  onExchange?: (exchange: Exchange) => void;
  /** Told each key that a command prints, from when on it is in use. */
  onKey?: (key: string) => void;
}

/**
 * Everything behind the gateway, from the configuration as it is now.
 * @throws MomError `config_invalid`, `config_untrusted` or `usage` for a wrong configuration; a missing key is no error here
 */
export async function openService(options: ServiceOptions): Promise<Service> {
  const { env, home, onNote = () => {}, signal = new AbortController().signal } = options;
  const config = await loadConfig({ ...placesOf(options), overrides: options.overrides ?? [] });
  config.keyRing.onKey = options.onKey ?? null;
  const settings = checkedSettings(config);
  const sandbox = Boolean(options.sandbox);
  const { providers: reachable, warnings: broken } = configuredProviders(config, sandbox);
  const place = await openPlace(reachable, options.sandbox);
  const providers = new Map(place.providers.map((provider) => [provider.name, provider]));
  const client = createClient({ providers: place.providers, env, ...sharedBy(options) });
  const catalog = openCatalog({ providers: place.providers, settings, source: client, sandbox, env, home, onNote });
  const holders = budgetHolders(settings.serve.keys);
  const memory = await openMemory({ settings, providers: place.providers, holders, sandbox, env, home, onNote });
  const targets = new Targets({ config, catalog, providers, mixture: options.mixture, sandbox, signal });
  const close = async () => {
    await catalog.settle();
    client.close();
    memory.close();
    await place.close();
  };
  try {
    checkSideRules(config, settings.serve.sideRequests, targets.mixtures);
    const target = await defaultTarget(targets);
    // The lists of its providers come in while nobody waits for them.
    if (target) await catalog.prepare(membersOf(target.mixture), 'nothing', signal);
    const warnings = [...broken, ...mixtureWarnings(config), ...(target?.warnings ?? [])];
    const { budgets, cache } = memory;
    const secrets = liveSecrets(config, place.providers);
    return {
      engine: keptInformed(createEngine({ client, catalog, budgets, cache }), catalog, settings),
      settings,
      models: () => servedModels(targets, catalog),
      model: (id) => servedModel(id, targets, catalog),
      target: (name, reader) => targets.find(name, reader),
      embed: (request, shared, cut) => forwardEmbeddings({ config, catalog, client, providers, budgets }, request, shared, cut),
      budgetsOf: (key) => memory.budgetsOf(keyId(key)),
      unready: () => whyUnready(targets, options.breakers?.states() ?? []),
      breakers: () => options.breakers?.states() ?? [],
      budgets: () => budgetStates(settings, memory),
      evaluation: latestEvaluation(env, home, sandbox),
      get secrets() {
        return secrets();
      },
      configFiles: watchedFiles(placesOf(options)),
      warnings,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function placesOf({ env, cwd, home, configFile }: ServiceOptions) {
  return { env, cwd, home, ...(configFile === undefined ? {} : { configFile }) };
}

/** What the client has in common with those before and after it. */
function sharedBy({ breakers, retryBudget, thoughts, onExchange }: ServiceOptions) {
  return {
    ...(breakers ? { breakers } : {}),
    ...(retryBudget ? { retryBudget } : {}),
    ...(thoughts ? { thoughts } : {}),
    ...(onExchange ? { onExchange } : {}),
  };
}

/** What the gateway needs is read now, so that a wrong option is known before anybody asks. */
function checkedSettings(config: LoadedConfig): Settings {
  const settings = settingsOf(config);
  return { ...settings, serve: settings.serve };
}

/** A mixture that can't be run stops no other; whoever asks for it is told why. */
function mixtureWarnings(config: LoadedConfig): Warning[] {
  try {
    checkMixtures(config);
    return [];
  } catch (error) {
    const { message } = toMomError(error);
    return [{ code: 'mixture_unusable', message }];
  }
}

/** The default mixture must be there; that its keys are missing is told by `unready`. @throws MomError */
async function defaultTarget(targets: Targets): Promise<Target | null> {
  try {
    return await targets.find('mom', 'whole');
  } catch (error) {
    if (isMomError(error) && error.code === 'key_missing') return null;
    throw error;
  }
}

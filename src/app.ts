import { secretsOf } from './app/keys/secrets.js';
import { informed, learnModels } from './app/knowledge.js';
import { openMemory } from './app/memory.js';
import { openPlace, type SandboxWish } from './app/sandbox-place.js';
import { createClient } from './client/index.js';
import type { ModelSource } from './client/models/models.js';
import { unlockMixture } from './config/keys/unlock.js';
import { loadConfig } from './config/load.js';
import { resolveMixture } from './config/mixture/resolve.js';
import { unusedKeys } from './config/providers/provider.js';
import { settingsOf } from './config/settings.js';
import type { Env, MixtureChoice, Override, Settings } from './config/wishes.js';
import type { Exchange } from './core/exchange.js';
import type { Mixture } from './core/mixture.js';
import type { Provider } from './core/model.js';
import type { Warning } from './core/run.js';
import { createEngine, type Engine } from './engine/index.js';

export type { Env, MixtureChoice, Override };

/** The world and the user's wishes, from which an app is made. */
export interface AppOptions {
  env: Env;
  cwd: string;
  home: string;
  /** Replaces project and user configuration, and is trusted. */
  configFile?: string;
  overrides?: readonly Override[];
  choice?: MixtureChoice;
  /** Points every provider at an embedded one and drops keys. */
  sandbox?: SandboxWish | null;
  /** The engine will only plan: no sandbox is started. */
  planOnly?: boolean;
  /** Ends the wait for prices. */
  signal?: AbortSignal;
  /** Told what is wrong with kept lists and answers, which never stops a run. */
  onNote?: (note: Warning) => void;
  /** Told each HTTP exchange with a provider when it is over. */
  onExchange?: (exchange: Exchange) => void;
}

/** All parts, wired. */
export interface App {
  engine: Engine;
  mixture: Mixture;
  providers: readonly Provider[];
  settings: Settings;
  warnings: readonly Warning[];
  /** Keys in use, which are written nowhere. */
  secrets: readonly string[];
  /** Ends connections that are kept, and the sandbox. */
  close(): Promise<void>;
}

interface Recalling {
  client: ModelSource;
  mixture: Mixture;
  providers: readonly Provider[];
  settings: Settings;
}

/** @throws MomError when the configuration, the mixture or a key is wrong */
export async function createApp(options: AppOptions): Promise<App> {
  const { cwd, env, home, configFile, overrides = [] } = options;
  const config = await loadConfig({ cwd, env, home, ...(configFile === undefined ? {} : { configFile }), overrides });
  const resolved = await resolveMixture(config, { ...options.choice, sandbox: Boolean(options.sandbox) });
  // A plan asks nobody.
  if (!options.planOnly) await unlockMixture(config, resolved, options.signal);
  const place = await openPlace(resolved.providers, options.planOnly ? null : options.sandbox);
  const client = createClient({
    providers: place.providers,
    env,
    ...(options.onExchange ? { onExchange: options.onExchange } : {}),
  });
  const settings = settingsOf(config);
  const [catalog, memory] = await recall(options, { providers: place.providers, mixture: resolved.mixture, settings, client });
  return {
    engine: informed(createEngine({ client, catalog, budgets: memory?.budgets ?? [], cache: memory?.cache ?? null }), catalog),
    mixture: resolved.mixture,
    providers: place.providers,
    settings,
    warnings: [...resolved.warnings, ...config.keyRing.warnings, ...unusedKeys(resolved.providers)],
    secrets: secretsOf(config, place.providers),
    async close() {
      await catalog.settle();
      client.close();
      memory?.close();
      await place.close();
    },
  };
}

/** What is known of the models, and what earlier runs have left: answers and budgets. */
async function recall(options: AppOptions, { client, mixture, ...known }: Recalling) {
  const { env, home, planOnly = false, onNote = () => {}, signal = new AbortController().signal } = options;
  const planned = planOnly ? await plannedSource(options) : null;
  const wanted = { ...known, sandbox: Boolean(options.sandbox), env, home, onNote };
  return Promise.all([
    learnModels({ ...wanted, mixture, source: planOnly ? planned : client, showsPrices: planned !== null, signal }),
    planOnly ? null : openMemory(wanted),
  ]);
}

/** A plan asks nobody, but the sandbox's prices are known without asking. */
async function plannedSource({ sandbox }: AppOptions): Promise<ModelSource | null> {
  if (!sandbox) return null;
  const { sandboxSource } = await import('./app/sandbox-source.js');
  return sandboxSource(sandbox.recorded ?? []);
}

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

/** @throws MomError when the configuration, the mixture or a key is wrong */
export async function createApp(options: AppOptions): Promise<App> {
  const config = await loadConfig({
    cwd: options.cwd,
    env: options.env,
    home: options.home,
    ...(options.configFile === undefined ? {} : { configFile: options.configFile }),
    overrides: options.overrides ?? [],
  });
  const resolved = await resolveMixture(config, { ...options.choice, sandbox: Boolean(options.sandbox) });
  // A plan asks nobody.
  if (!options.planOnly) await unlockMixture(config, resolved, options.signal);
  const place = await openPlace(resolved.providers, options.planOnly ? null : options.sandbox);
  const client = createClient({
    providers: place.providers,
    env: options.env,
    ...(options.onExchange ? { onExchange: options.onExchange } : {}),
  });
  const settings = settingsOf(config);
  const planned = options.planOnly ? await plannedSource(options) : null;
  const { env, home, onNote = () => {}, signal = new AbortController().signal } = options;
  const [catalog, memory] = await Promise.all([
    learnModels({
      providers: place.providers,
      mixture: resolved.mixture,
      settings,
      source: options.planOnly ? planned : client,
      sandbox: Boolean(options.sandbox),
      showsPrices: planned !== null,
      env,
      home,
      onNote,
      signal,
    }),
    options.planOnly ? null : openMemory({ settings, providers: place.providers, sandbox: Boolean(options.sandbox), env, home, onNote }),
  ]);
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

/** A plan asks nobody, but the sandbox's prices are known without asking. */
async function plannedSource({ sandbox }: AppOptions): Promise<ModelSource | null> {
  if (!sandbox) return null;
  const { sandboxSource } = await import('./app/sandbox-source.js');
  return sandboxSource(sandbox.recorded ?? []);
}

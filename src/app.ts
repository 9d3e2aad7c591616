import { createClient } from './client/index.js';
import { type LoadedConfig, loadConfig, settingsOf } from './config/load.js';
import { resolveMixture } from './config/resolve.js';
import type { Env, MixtureChoice, Override, Settings } from './config/wishes.js';
import type { Exchange } from './core/exchange.js';
import type { Mixture } from './core/mixture.js';
import type { Provider } from './core/model.js';
import type { Warning } from './core/run.js';
import { createEngine, type Engine } from './engine/index.js';

export type { Engine } from './engine/index.js';
export type { Env, MixtureChoice, Override, Settings };

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
  sandbox?: { seed?: number; recorded?: readonly string[] } | null;
  /** The engine will only plan: no sandbox is started. */
  planOnly?: boolean;
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
  const place =
    options.sandbox && !options.planOnly
      ? await enterSandbox(resolved.providers, options.sandbox)
      : { providers: resolved.providers, close: async () => {} };
  const client = createClient({
    providers: place.providers,
    env: options.env,
    ...(options.onExchange ? { onExchange: options.onExchange } : {}),
  });
  return {
    engine: createEngine({ client }),
    mixture: resolved.mixture,
    providers: place.providers,
    settings: settingsOf(config),
    warnings: resolved.warnings,
    secrets: secretsOf(config, place.providers),
    async close() {
      client.close();
      await place.close();
    },
  };
}

async function enterSandbox(providers: readonly Provider[], options: { seed?: number; recorded?: readonly string[] }) {
  const [{ startSandbox }, { sandboxProviders }] = await Promise.all([import('./sandbox/index.js'), import('./config/resolve.js')]);
  const sandbox = await startSandbox(options);
  return { providers: sandboxProviders(providers, sandbox.url), close: () => sandbox.close() };
}

function secretsOf(config: LoadedConfig, providers: readonly Provider[]): string[] {
  const named = Object.entries(config.env).flatMap(([name, value]) => (value && /(KEY|TOKEN|SECRET)$/.test(name) ? [value] : []));
  return [...named, ...providers.flatMap((provider) => [...(provider.apiKey ? [provider.apiKey] : []), ...secretHeaders(provider)])];
}

/** Other headers, such as an organisation or a title, are words that may stand in any answer. */
function secretHeaders(provider: Provider): string[] {
  return Object.entries(provider.headers).flatMap(([name, value]) => (SECRET_HEADER.test(name) ? [value] : []));
}

const SECRET_HEADER = /authorization|key|token|cookie|secret|password/i;

import { createClient } from '../../client/index.js';
import { type LoadedConfig, loadConfig } from '../../config/load.js';
import { DEFAULT_PROVIDER } from '../../config/providers/known.js';
import { settingsOf } from '../../config/settings.js';
import type { Env, ServeSettings, Settings } from '../../config/wishes.js';
import { systemClock } from '../../core/clock.js';
import { isMomError } from '../../core/error.js';
import type { EventSink } from '../../core/event.js';
import type { Warning } from '../../core/run.js';
import { formsOf, SHORTEST_SECRET } from '../../core/secrets.js';
import { createEngine } from '../../engine/index.js';
import { budgetHolders } from '../budgets/key-budgets.js';
import { secretsOf } from '../keys/secrets.js';
import { openCatalog } from '../knowledge.js';
import { openMemory } from '../memory.js';
import { configuredProviders } from '../reachable.js';
import { openPlace, type SandboxWish } from '../sandbox-place.js';
import { examineBudgets } from './budgets.js';
import { AREAS, type Check, ofError, warn } from './check.js';
import { examineConfig } from './configuration.js';
import { examineGateway } from './gateway.js';
import { examineInstallation } from './installation.js';
import { askEach, type LiveAnswer, type LiveDeps, type LiveEstimate } from './live.js';
import { examineMixtures, usedModels } from './mixtures.js';
import { examineModels, examinePrices } from './models.js';
import { examinePlaces } from './places.js';
import { examineProviders } from './providers.js';

export interface DoctorOptions {
  env: Env;
  cwd: string;
  home: string;
  configFile?: string;
  sandbox: SandboxWish | null;
  signal: AbortSignal;
  /** Ask the models of the default mixture a question each; told what it costs at most. Null: don't. */
  live: { onEstimate: (estimate: LiveEstimate) => void; recordersOf: (runId: string, keep: Keep) => readonly EventSink[] } | null;
}

/** How a question is kept: as much as the configuration says, and no secret. */
export interface Keep {
  log: Settings['log'];
  secrets: readonly string[];
}

export interface Examination {
  /** By area, in the order of {@link AREAS}. */
  checks: Check[];
  /** Null where nobody was asked. */
  live: LiveAnswer[] | null;
}

/** What is waited for facts about single models once the lists are there, in milliseconds. */
const LOOKUP_WAIT = 2_000;

/** Looks at everything that a question needs. What is wrong is a line, never an error; nothing secret stands in any. */
export async function examine(options: DoctorOptions): Promise<Examination> {
  const { env, cwd, home, configFile } = options;
  const { checks: ofConfig, config } = await examineConfig({ env, cwd, home, ...(configFile === undefined ? {} : { configFile }) });
  const { settings, serve, checks: ofSettings } = await readSettings(config);
  const [installation, asked, places, gateway] = await Promise.all([
    examineInstallation(),
    examineAsked(config, settings, serve, options),
    examinePlaces(env, home),
    serve === null ? [] : examineGateway(serve, env, home),
  ]);
  const all = [...installation, ...ofConfig, ...ofSettings, ...asked.checks, ...places, ...gateway];
  const clean = cleaner(asked.secrets);
  const sorted = AREAS.flatMap((area) => all.filter((check) => check.area === area));
  return {
    checks: sorted.map((check) => ({ ...check, message: clean(check.message), fix: check.fix === null ? null : clean(check.fix) })),
    live: asked.live,
  };
}

/** Everything that has to do with models: who is asked, with which key, at what price; mixtures first. */
async function examineAsked(config: LoadedConfig, settings: Settings, serve: ServeSettings | null, options: DoctorOptions) {
  const { env, home, sandbox: wish, signal } = options;
  const sandbox = wish !== null;
  const notes: Check[] = [];
  const reachable = configuredProviders(config, sandbox);
  const { mixtures, checks: ofMixtures } = await examineMixtures(config, sandbox);
  const used = usedModels(mixtures);
  const place = await openPlace(reachable.providers, wish);
  const client = createClient({ providers: place.providers, env });
  const noted = (area: 'price' | 'budget') => (note: Warning) => void notes.push(warn(area, note.message, null));
  const { providers } = place;
  const catalog = openCatalog({ providers, settings, source: client, sandbox, env, home, onNote: noted('price') });
  // What is on its way to a provider ends with the doctor.
  signal.addEventListener('abort', () => void catalog.settle(), { once: true });
  const memory = await openMemory({
    // Stored answers play no part here.
    settings: { cache: null, budget: settings.budget },
    providers,
    holders: budgetHolders(serve?.keys ?? []),
    sandbox,
    env,
    home,
    onNote: noted('budget'),
  });
  try {
    const toAsk = sandbox
      ? providers.filter(({ name }) => name === DEFAULT_PROVIDER || used.some(({ provider }) => provider === name))
      : providers;
    const ofProviders = await examineProviders(toAsk, { config, env, catalog, client, clock: systemClock, signal, used });
    const ofModels = await examineModels(used, providers, catalog, AbortSignal.any([signal, AbortSignal.timeout(LOOKUP_WAIT)]));
    const standard = mixtures.find(({ isDefault }) => isDefault);
    const engine = createEngine({ client, catalog, budgets: memory.budgets, cache: null });
    const keep = { log: settings.log, secrets: secretsOf(config, reachable.providers) };
    return {
      live: standard ? await askLive(options, { engine, mixture: standard.mixture }, keep) : options.live && [],
      checks: [
        ...reachable.warnings.map(unusable),
        ...ofMixtures,
        ...ofProviders,
        ...ofModels,
        ...examinePrices(mixtures, settings, catalog),
        ...examineBudgets({ budget: settings.budget, serve: { keys: serve?.keys ?? [] } }, memory),
        ...notes,
      ],
      secrets: keep.secrets,
    };
  } finally {
    await catalog.settle();
    client.close();
    memory.close();
    await place.close();
  }
}

async function askLive({ live, signal }: DoctorOptions, { engine, mixture }: Pick<LiveDeps, 'engine' | 'mixture'>, keep: Keep) {
  if (live === null) return null;
  const recordersOf = (runId: string) => live.recordersOf(runId, keep);
  return askEach({ engine, mixture, signal, onEstimate: live.onEstimate, recordersOf });
}

function unusable({ code, message }: Warning): Check {
  if (code !== 'provider_unusable') return warn('key', message, null);
  return warn('provider', message, 'set the variable, or correct the configuration');
}

interface ReadSettings {
  settings: Settings;
  /** Null where it can't be read. */
  serve: ServeSettings | null;
  checks: Check[];
}

/** What of the settings can be read; a mistake beside those of the gateway is told as one of the configuration. */
async function readSettings(config: LoadedConfig): Promise<ReadSettings> {
  const settings = settingsOrNull(config) ?? settingsOf(await withoutFiles(config));
  try {
    return { settings, serve: settings.serve, checks: [] };
  } catch (error) {
    if (!isMomError(error)) throw error;
    return { settings, serve: null, checks: [ofError('gateway', 'warn', error)] };
  }
}

function settingsOrNull(config: LoadedConfig): Settings | null {
  try {
    return settingsOf(config);
  } catch (error) {
    if (isMomError(error)) return null;
    throw error;
  }
}

function withoutFiles({ cwd, env, home }: LoadedConfig): Promise<LoadedConfig> {
  return loadConfig({ cwd, env, home, overrides: [], without: ['user', 'project', 'named'] });
}

/** Takes every form of a secret out of a text. */
function cleaner(secrets: readonly string[]): (text: string) => string {
  const forms = secrets.filter(({ length }) => length >= SHORTEST_SECRET).flatMap(formsOf);
  return (text) => forms.reduce((clean, form) => clean.replaceAll(form, '[key]'), text);
}

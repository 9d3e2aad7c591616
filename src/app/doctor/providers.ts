import { proxyFor } from '../../client/http/proxy.js';
import type { ProviderClient } from '../../client/index.js';
import type { KeyState } from '../../client/key-check.js';
import type { PreparedCatalog } from '../../client/models/catalog.js';
import type { ListFailure } from '../../client/models/model-book.js';
import { unlockKeys } from '../../config/keys/unlock.js';
import type { LoadedConfig } from '../../config/load.js';
import { KNOWN_PROVIDERS, keyVariablesFor } from '../../config/providers/known.js';
import { type ConfiguredProvider, isUsable, keyTrouble } from '../../config/providers/provider.js';
import type { Env } from '../../config/wishes.js';
import type { Clock } from '../../core/clock.js';
import { formatDuration } from '../../core/duration.js';
import { type ErrorCode, isMomError, MomError } from '../../core/error.js';
import type { Provider } from '../../core/model.js';
import { type Check, fail, ofError, ok, warn } from './check.js';
import type { UsedModel } from './mixtures.js';

export interface ProviderDeps {
  config: LoadedConfig;
  env: Env;
  catalog: PreparedCatalog;
  client: Pick<ProviderClient, 'checkKey'>;
  clock: Clock;
  signal: AbortSignal;
  /** What the mixtures may ask. */
  used: readonly UsedModel[];
}

/** What is waited for a command that prints a key, in milliseconds: questions wait longer. */
const COMMAND_WAIT = 3_000;

/** In the sandbox nobody has a key. */
type Examined = Provider & Partial<Pick<ConfiguredProvider, 'keyPlace'>>;

/** Asks every provider that could be asked for its models and, where it tells, of its key; all at once. */
export async function examineProviders(providers: readonly Provider[], deps: ProviderDeps): Promise<Check[]> {
  const checks = await Promise.all(providers.map((provider) => examineProvider(provider, deps)));
  return checks.flat();
}

async function examineProvider(provider: Examined, deps: ProviderDeps): Promise<Check[]> {
  if (!isUsable(provider)) return withoutKey(provider, deps);
  const locked = await unlock(provider, deps);
  if (locked) return [locked];
  const { catalog, client, clock, signal } = deps;
  const start = clock.now();
  const [{ failure, took }, key] = await Promise.all([
    catalog.refreshList(provider.name, true).then((failure) => ({ failure, took: clock.now() - start })),
    client.checkKey(provider, signal),
  ]);
  return [...keyChecks(provider, key, failure, deps), ...reachChecks(provider, failure, took, deps)];
}

/** Runs the command that prints its key, where it has one. */
async function unlock(provider: Examined, { config, clock, signal, used }: ProviderDeps): Promise<Check | null> {
  const limit = new AbortController();
  const disarm = clock.after(COMMAND_WAIT, () => limit.abort(new MomError('cancelled', 'the doctor does not wait so long')));
  try {
    await unlockKeys(config, [provider], AbortSignal.any([signal, limit.signal]));
    return null;
  } catch (error) {
    if (!isMomError(error)) throw error;
    const { name } = provider;
    if (error.code !== 'cancelled') return ofError('key', wrong(name, used) === fail ? 'fail' : 'warn', error);
    const message = `the command for the key of ${name} takes longer than ${formatDuration(COMMAND_WAIT)}: ${sourceOf(provider)}`;
    return warn('key', message, 'run it by hand; a password manager may be locked');
  } finally {
    disarm();
  }
}

/** A provider that nobody has asked for needs no key. */
function withoutKey(provider: Examined, { config, used }: ProviderDeps): Check[] {
  const { name, baseUrl } = provider;
  if (!isWanted(name, config, used)) return [];
  const trouble = keyTrouble(config, provider);
  if (trouble) return [ofError('key', wrong(name, used) === fail ? 'fail' : 'warn', trouble)];
  const [variable] = keyVariablesFor(new URL(baseUrl));
  const fix = `mom keys set ${name}${variable === undefined ? '' : `, or set ${variable}`}`;
  return [wrong(name, used)('key', `${name} has no key`, fix)];
}

/** Where a key comes from, for sentences. */
function sourceOf({ keyPlace }: Examined): string {
  if (keyPlace?.from === 'command') return `api_key_cmd (${keyPlace.label})`;
  return keyPlace?.label ?? 'the environment';
}

function keyChecks(provider: Examined, key: KeyState, failure: ListFailure | null, deps: ProviderDeps): Check[] {
  const { name, apiKey } = provider;
  if (apiKey === null) return [];
  const source = sourceOf(provider);
  const verdict = wrong(name, deps.used);
  const refused = key.state === 'refused' ? key.message : failure?.code === 'key_refused' ? failure.message : null;
  if (refused !== null) {
    const fix = keyFix(provider);
    return [verdict('key', `${name} refuses the key from ${source}${refused === '' ? '' : `: ${refused}`}`, fix)];
  }
  if (key.state !== 'accepted') return [ok('key', `${name} has a key, from ${source}`)];
  if (key.leftUsd === null) return [ok('key', `${name} accepts the key from ${source}`)];
  if (key.leftUsd > 0) return [ok('key', `${name} accepts the key from ${source}; $${key.leftUsd.toFixed(2)} left of its limit`)];
  return [verdict('key', `the limit of the key from ${source} is used up at ${name}`, 'raise the limit of the key, or use another')];
}

function reachChecks(provider: Provider, failure: ListFailure | null, took: number, deps: ProviderDeps): Check[] {
  const { name, baseUrl } = provider;
  const address = `${new URL(baseUrl).host}${through(provider, deps.env)}`;
  if (failure === null) {
    const count = deps.catalog.listed(name).length;
    return [ok('provider', `${name} answers at ${address} in ${formatDuration(Math.max(1, Math.round(took)))}: ${count} models`)];
  }
  // It has answered, and the key is told of apart.
  if (failure.code === 'key_refused' && provider.apiKey !== null) return [ok('provider', `${name} answers at ${address}`)];
  if (isLocal(name) && !isWanted(name, deps.config, deps.used))
    return [ok('provider', `${name} does not run at ${address}; nothing asks it`)];
  return [wrong(name, deps.used)('provider', `${failure.message}; it is asked at ${address}`, fixOf(failure.code, name))];
}

function through({ baseUrl }: Provider, env: Env): string {
  try {
    const proxy = proxyFor(new URL(baseUrl), env);
    return proxy === null ? '' : ` through the proxy ${proxy.host}`;
  } catch {
    // The variable is no address: then nothing goes through, and the failure says so.
    return '';
  }
}

/** How another key gets to where this one is. */
function keyFix({ name, keyPlace }: Examined): string {
  if (keyPlace?.from === 'file') return `mom keys set ${name}`;
  return `put a valid key into ${keyPlace?.label ?? 'its place'}; mom keys set ${name} keeps one that counts where nothing else is set`;
}

function fixOf(code: ErrorCode, name: string): string {
  if (code === 'connection_failed' && isLocal(name)) return `start ${name}, or take its models out of the mixtures`;
  if (code === 'key_refused') return `mom keys set ${name}`;
  return FIXES[code] ?? 'try again later; `mom models --refresh` asks again';
}

const FIXES: Partial<Record<ErrorCode, string>> = {
  connection_failed: 'check the network, the base URL and the proxy settings (HTTPS_PROXY, NO_PROXY, NODE_EXTRA_CA_CERTS)',
  timeout: 'check the network and the proxy settings, or try again later',
  bad_response: 'check that base_url is that of an OpenAI-compatible API (it usually ends in /v1)',
  model_unknown: 'check base_url: there is no list of models at this address (it usually ends in /v1)',
  no_credit: 'add credit at the provider',
};

/** Somebody has configured it, or a mixture asks it. */
function isWanted(name: string, config: LoadedConfig, used: readonly UsedModel[]): boolean {
  return Object.hasOwn(config.values.providers ?? {}, name) || used.some(({ provider }) => provider === name);
}

/** What is wrong with a provider is wrong with every plain question where the default mixture asks it. */
function wrong(name: string, used: readonly UsedModel[]) {
  return used.some(({ provider, byDefault }) => provider === name && byDefault) ? fail : warn;
}

function isLocal(name: string): boolean {
  return Object.hasOwn(KNOWN_PROVIDERS, name) && KNOWN_PROVIDERS[name]?.host === null;
}

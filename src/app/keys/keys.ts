import { type KeyPlace, keyBeforeKept } from '../../config/keys/key-place.js';
import { changeKeys, type KeptKey, keysFile, readKeys } from '../../config/keys/key-store.js';
import { type LoadedConfig, loadConfig } from '../../config/load.js';
import { nameHint } from '../../config/nearest.js';
import { addressOf, providerNames, resolveProvider } from '../../config/providers/provider.js';
import type { Env } from '../../config/wishes.js';
import { errorLine, isMomError, MomError } from '../../core/error.js';
import { looksLikeKey } from '../../core/key-like.js';
import type { Warning } from '../../core/run.js';

/** The world in which keys are looked for. */
export interface KeyWorld {
  env: Env;
  cwd: string;
  home: string;
  /** Replaces project and user configuration, and is trusted. */
  configFile?: string;
}

/** A provider whose key can be kept. */
export interface KeyDoor {
  /** Scheme, host and port that the key will be sent to. */
  address: string;
  file: string;
  /** What counts before a kept key: a place in the configuration or the name of a variable; null where nothing does. */
  before: string | null;
  /** @throws MomError `config_invalid` for a file that is not the user's own, `output_failed` */
  keep(key: string): Promise<readonly Warning[]>;
}

/** A provider and its key, for `mom keys list`. */
export interface KeyRow {
  name: string;
  needsKey: boolean;
  source: 'config' | 'environment' | 'command' | 'file' | null;
  /** File and line, the name of a variable, or a path. */
  place: string | null;
  /** Of a command, its program. */
  program: string | null;
  /** The last 4 characters of a long key. */
  ending: string | null;
  /** Scheme, host and port that it is sent to; null where that is not known. */
  address: string | null;
  /** The key that mom keeps but does not use: the address it is for, and why. */
  unused: { address: string; why: string } | null;
  /** Why the provider can't be asked, where it can't. */
  trouble: string | null;
}

/** Shorter keys would be told too much of. */
const SHORTEST_SHOWN = 20;

/** @throws MomError `usage` for a name that is no provider, `config_invalid` */
export async function openKeyDoor(world: KeyWorld, name: string): Promise<KeyDoor> {
  const config = await loadConfig({ ...world, overrides: [] });
  const names = providerNames(config);
  if (!names.includes(name)) throw unknownName(name, [...names, 'serve']);
  const { url } = addressOf(config, name);
  const file = keysFile(world.env, world.home);
  return {
    address: url.origin,
    file,
    before: heavier(config, name, url),
    keep: (key) => changeKeys(file, (keys) => keys.set(name, { key, address: url.origin })),
  };
}

/** Every provider, mom's own and configured ones, and names for which a key is kept but that are none. Runs no command. */
export async function listKeys(world: KeyWorld): Promise<{ rows: KeyRow[]; warnings: readonly Warning[] }> {
  const config = await loadConfig({ ...world, overrides: [] });
  const names = providerNames(config);
  const strays = config.keyRing.names().filter((name) => !names.includes(name));
  const rows = [...names.map((name) => rowOf(config, name)), ...strays.map((name) => strayRow(config, name))];
  return { rows, warnings: config.keyRing.warnings };
}

/**
 * The key that mom keeps for a provider.
 * @throws MomError `no_input` where it keeps none, saying where the provider's key comes from; `config_invalid`
 */
export async function keptKey(world: KeyWorld, name: string): Promise<{ key: string; warnings: readonly Warning[] }> {
  const { keys, warnings } = readKeys(keysFile(world.env, world.home));
  const kept = keys.get(name);
  if (kept) return { key: kept.key, warnings };
  const config = await loadConfig({ ...world, overrides: [] });
  const names = providerNames(config);
  if (!names.includes(name)) throw unknownName(name, [...names, 'serve']);
  const place = heavier(config, name, addressOf(config, name).url);
  throw new MomError('no_input', `mom keeps no key of '${name}'`, {
    hint: place === null ? `\`mom keys set ${name}\` asks for one` : `its key comes from ${place}, which is not mom's to print`,
  });
}

/** @throws MomError `no_input` where mom keeps none, `config_invalid`, `output_failed` */
export async function removeKey({ env, home }: KeyWorld, name: string): Promise<{ file: string; warnings: readonly Warning[] }> {
  const file = keysFile(env, home);
  const before = readKeys(file);
  const warnings = before.keys.has(name) ? await changeKeys(file, (keys) => keys.delete(name)) : null;
  if (warnings) return { file, warnings: [...before.warnings, ...warnings] };
  const names = [...before.keys.keys()];
  throw new MomError('no_input', `mom keeps no key ${nameOf(name)}`, {
    hint: names.length === 0 ? 'it keeps none at all' : `it keeps those of: ${names.join(', ')}`,
  });
}

/** Somebody may give the key in place of the name. */
function unknownName(name: string, names: readonly string[]): MomError {
  if (!looksLikeKey(name)) return new MomError('usage', `there is no provider '${name}'`, { hint: nameHint(name, names) });
  return new MomError('usage', 'a key is no argument: it would stand in the history of the shell and in the list of processes', {
    hint: `name the provider, then type the key, or give it through stdin; there are: ${names.join(', ')}`,
  });
}

function nameOf(name: string): string {
  return looksLikeKey(name) ? 'of this name' : `of '${name}'`;
}

/** What counts before a kept key, in words; null where nothing does. */
function heavier(config: LoadedConfig, name: string, url: URL): string | null {
  try {
    const { place } = keyBeforeKept(config, name, url);
    return place?.from === 'command' ? `${place.label} (the command ${place.command.program})` : (place?.label ?? null);
  } catch (error) {
    if (isMomError(error)) return config.origin(['providers', name, 'api_key']);
    throw error;
  }
}

const NOTHING = { source: null, place: null, program: null, ending: null, address: null, unused: null, trouble: null } as const;

function rowOf(config: LoadedConfig, name: string): KeyRow {
  const kept = config.keyRing.kept(name);
  try {
    const { baseUrl, keyPlace, needsKey } = resolveProvider(config, name);
    const address = new URL(baseUrl).origin;
    return {
      ...NOTHING,
      name,
      needsKey,
      address,
      ...told(keyPlace),
      program: programOf(keyPlace),
      unused: kept && unusedOf(kept, keyPlace, address),
    };
  } catch (error) {
    if (!isMomError(error)) throw error;
    const unused = kept && { address: kept.address, why: 'the provider is not usable' };
    return { ...NOTHING, name, needsKey: true, unused, trouble: errorLine(error) };
  }
}

function told({ from, label, key }: KeyPlace): Pick<KeyRow, 'source' | 'place' | 'ending'> {
  return { source: from, place: label, ending: key !== null && key.length >= SHORTEST_SHOWN ? key.slice(-4) : null };
}

function programOf(place: KeyPlace): string | null {
  return place.from === 'command' ? place.command.program : null;
}

function unusedOf({ address }: KeptKey, { from, label }: KeyPlace, here: string): KeyRow['unused'] {
  if (from === 'file') return null;
  return { address, why: from === null ? `the provider's address is ${here}` : `${label} counts first` };
}

function strayRow(config: LoadedConfig, name: string): KeyRow {
  const { address } = config.keyRing.kept(name) as KeptKey;
  return { ...NOTHING, name, needsKey: false, unused: { address, why: 'no provider has this name' } };
}

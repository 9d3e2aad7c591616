import { resolve } from 'node:path';
import { MomError } from '../core/error.js';
import {
  displayPath,
  FILE_NAMES,
  type FoundFile,
  findProjectFile,
  findUserFile,
  projectFolders,
  readConfigFile,
  realPath,
  userConfigDir,
} from './files/discover.js';
import { interpolate } from './files/interpolate.js';
import { type Layer, Merged, type Path, pathText, type Source, type Tree, valueAt } from './files/tree.js';
import { isTrusted, trustFile } from './files/trust.js';
import { refuseGuarded } from './guard.js';
import { KeyRing } from './keys/key-ring.js';
import { keysFile } from './keys/key-store.js';
import { BUILT_IN } from './mixture/builtin.js';
import { DEFAULT_PROVIDER } from './providers/known.js';
import type { Config } from './schema/schema.js';
import type { Env, Override } from './wishes.js';

export interface LoadOptions {
  cwd: string;
  env: Env;
  home: string;
  /** Replaces project and user files, and is trusted. */
  configFile?: string;
  overrides: readonly Override[];
  /** Files that are left out, for who goes on without a wrong one. @default none */
  without?: readonly ConfigFile['kind'][];
}

export interface ConfigFile {
  kind: 'project' | 'user' | 'named';
  path: string;
  /** Only asked of project files; the others are the user's own. */
  trusted: boolean;
}

/** The configuration in force. Values are as written: `${VAR}` is filled in by {@link LoadedConfig.text} where one is used. */
export class LoadedConfig {
  readonly values: Config;
  /** Keys that stand elsewhere: in mom's own file, and what commands print. */
  readonly keyRing: KeyRing;
  readonly #merged: Merged;

  constructor(
    layers: readonly Layer[],
    readonly files: readonly ConfigFile[],
    readonly env: Env,
    readonly cwd: string,
    readonly home: string,
  ) {
    this.#merged = new Merged(layers);
    this.values = this.#merged.tree as Config;
    this.keyRing = new KeyRing(keysFile(env, home));
  }

  /** Where a value was set: `mom.config.yaml:3:5`, `MOM_MIXTURE`, `--set`, `built-in`. */
  origin(path: Path): string {
    return this.source(path)?.label(path) ?? 'built-in';
  }

  source(path: Path): Source | null {
    return this.#merged.source(path);
  }

  /**
   * A text of the configuration with its variables filled in.
   * @throws MomError `key_missing` for a key, else `config_invalid`, when a variable is not set
   */
  text(path: Path, value: unknown = valueAt(this.values, path)): string | null {
    if (typeof value !== 'string') return null;
    if (this.source(path)?.file == null) return value;
    const filled = interpolate(value, this.env);
    if (filled.ok) return filled.text;
    throw new MomError(
      path.at(-1) === 'api_key' ? 'key_missing' : 'config_invalid',
      `${this.origin(path)}: ${pathText(path)} needs the variable ${filled.variable}, which is not set`,
      { hint: `set ${filled.variable}, or write \${${filled.variable}:-default}` },
    );
  }

  /** All texts in a value, at any depth, with their variables filled in. */
  deepText(path: Path, value: unknown): unknown {
    if (typeof value === 'string') return this.text(path, value);
    if (Array.isArray(value)) return value.map((item, index) => this.deepText([...path, index], item));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.deepText([...path, key], item)]));
  }
}

/**
 * Finds, reads, checks and merges everything that is configured.
 * @throws MomError `config_invalid` with file, line and column; `config_untrusted` for a guarded option in a project file
 */
export async function loadConfig(options: LoadOptions): Promise<LoadedConfig> {
  const { cwd, env, home } = options;
  const builtIn: Layer = { source: plainSource('built-in', 'built-in'), tree: BUILT_IN as Tree };
  const found = await findFiles(options);
  const layers: Layer[] = [builtIn];
  const files: ConfigFile[] = [];
  for (const { kind, file } of found) {
    const layer = await fileLayer(file, kind, cwd);
    const trusted = kind !== 'project' || isTrusted(trustFile(env, home), file.path, file.text);
    if (!trusted) refuseGuarded(layer, new Merged(layers).tree);
    layers.push(layer);
    files.push({ kind, path: file.path, trusted });
  }
  layers.push(...environmentLayers(env));
  for (const override of options.overrides) layers.push(await overrideLayer(override));
  return new LoadedConfig(layers, files, env, cwd, home);
}

/** The files that count, in order of rising weight. */
export async function findFiles(options: Omit<LoadOptions, 'overrides'>): Promise<{ kind: ConfigFile['kind']; file: FoundFile }[]> {
  const { without = [] } = options;
  const named = options.configFile ?? (options.env.MOM_CONFIG || undefined);
  if (named !== undefined && without.includes('named')) return [];
  if (named !== undefined) {
    const path = resolve(options.cwd, named);
    return [{ kind: 'named', file: { path, text: readConfigFile(path) } }];
  }
  const user = without.includes('user') ? null : findUserFile(userConfigDir(options.env, options.home));
  const project = without.includes('project') ? null : await findProjectFile(options.cwd);
  const isSame = user !== null && project !== null && realPath(user.path) === realPath(project.path);
  return [
    ...(user ? [{ kind: 'user' as const, file: user }] : []),
    ...(project && !isSame ? [{ kind: 'project' as const, file: project }] : []),
  ];
}

/** Where files are looked for, for `mom config where`. */
export function searchPlaces(options: Omit<LoadOptions, 'overrides'>): { user: string; project: string[] } {
  return { user: userConfigDir(options.env, options.home), project: projectFolders(options.cwd).map((dir) => resolve(dir, FILE_NAMES[0])) };
}

/** A file's text as a checked layer. */
export async function fileLayer(file: FoundFile, kind: ConfigFile['kind'], cwd: string): Promise<Layer> {
  const [{ parseFile }, { validateLayer }] = await Promise.all([import('./files/parse.js'), import('./schema/validate.js')]);
  const layer = parseFile(file.text, file.path, displayPath(file.path, cwd), kind);
  validateLayer(layer);
  return layer;
}

function plainSource(kind: Source['kind'], label: string): Source {
  return { kind, file: null, label: () => label };
}

function environmentLayers(env: Env): Layer[] {
  const layers: Layer[] = [];
  const add = (name: string, make: (value: string) => Tree) => {
    const value = env[name];
    if (value) layers.push({ source: plainSource('env', name), tree: make(value) });
  };
  add('MOM_MIXTURE', (mixture) => ({ mixture }));
  add('MOM_BASE_URL', (base_url) => ({ providers: { [DEFAULT_PROVIDER]: { base_url } } }));
  add('MOM_API_KEY', (api_key) => ({ providers: { [DEFAULT_PROVIDER]: { api_key } } }));
  add('MOM_DEBUG_REQUESTS', (value) => ({ debug_requests: isOn(value) }));
  add('MOM_NO_LOG', (value) => (isOn(value) ? { log: false } : {}));
  return layers;
}

function isOn(value: string): boolean {
  return !['0', 'false', 'no', 'off'].includes(value.toLowerCase());
}

/**
 * Reads the value of `--set path=value`; the value is YAML.
 * @throws MomError `usage`
 */
export async function parseSet(text: string): Promise<Override> {
  const equals = text.indexOf('=');
  if (equals < 1)
    throw new MomError('usage', `--set needs path=value, not '${text}'`, { hint: 'for example --set mixtures.default.quorum=1' });
  const { parseValue } = await import('./files/parse.js');
  try {
    return { path: text.slice(0, equals), value: parseValue(text.slice(equals + 1)), flag: '--set' };
  } catch (error) {
    throw new MomError('usage', `the value of --set ${text.slice(0, equals)} cannot be read as YAML`, {
      hint: 'put it in quotes',
      cause: error,
    });
  }
}

/** All values of `--set`, in their order. @throws MomError `usage` */
export function parseSets(texts: readonly string[] = []): Promise<Override[]> {
  return Promise.all(texts.map(parseSet));
}

/** @throws MomError `usage` */
async function overrideLayer(override: Override): Promise<Layer> {
  const path = [...override.path.matchAll(/"([^"]*)"|([^."]+)/g)].map((match) => match[1] ?? (match[2] as string));
  const tree: Tree = path.reduceRight<unknown>((value, key) => ({ [key]: value }), override.value) as Tree;
  const layer: Layer = { source: plainSource('flag', `${override.flag} ${override.path}`), tree };
  const { findProblems } = await import('./schema/validate.js');
  const [problem] = findProblems(layer);
  if (problem)
    throw new MomError('usage', `${problem.place}: ${problem.message}`, { hint: problem.hint ?? 'docs/config.md lists every option' });
  return layer;
}

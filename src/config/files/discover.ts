import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { MomError, reasonOf } from '../../core/error.js';

export const FILE_NAMES = ['mom.config.yaml', 'mom.config.yml', 'mom.config.json'] as const;

export interface FoundFile {
  path: string;
  text: string;
}

/** The user's own config folder: `$XDG_CONFIG_HOME/mom`, by default `~/.config/mom`. */
export function userConfigDir(env: Readonly<Record<string, string | undefined>>, home: string): string {
  const base = env.XDG_CONFIG_HOME;
  return join(base?.startsWith('/') ? base : join(home, '.config'), 'mom');
}

/** The user's file, the first of {@link FILE_NAMES} in his config folder. */
export function findUserFile(dir: string): FoundFile | null {
  for (const name of FILE_NAMES) {
    const path = join(dir, name);
    if (existsSync(path)) return { path, text: readConfigFile(path) };
  }
  return null;
}

/** The folders a project file is looked for in: up to the one that holds `.git`; without one only `cwd`. */
export function projectFolders(cwd: string): string[] {
  const folders: string[] = [];
  for (let dir = resolve(cwd); ; dir = dirname(dir)) {
    folders.push(dir);
    if (existsSync(join(dir, '.git'))) return folders;
    if (dirname(dir) === dir) return [resolve(cwd)];
  }
}

/** The nearest project file. Reads data only: nothing in these folders is ever run. */
export async function findProjectFile(cwd: string): Promise<FoundFile | null> {
  const folders = projectFolders(cwd);
  // Most folders have no file; then cosmiconfig, which brings parsers along, need not be loaded.
  if (!folders.some((dir) => FILE_NAMES.some((name) => existsSync(join(dir, name))))) return null;
  const { cosmiconfigSync } = await import('cosmiconfig');
  const asText = (path: string, text: string): FoundFile => ({ path, text });
  const explorer = cosmiconfigSync('mom', {
    searchPlaces: [...FILE_NAMES],
    loaders: { '.yaml': asText, '.yml': asText, '.json': asText, '.js': asText, '.cjs': asText, noExt: asText },
    stopDir: folders.at(-1) as string,
    ignoreEmptySearchPlaces: false,
    cache: false,
  });
  try {
    const result = explorer.search(resolve(cwd));
    if (!result) return null;
    return result.isEmpty ? { path: result.filepath, text: '' } : (result.config as FoundFile);
  } catch (error) {
    throw unreadable('a project file above the working directory', error);
  }
}

/** @throws MomError `config_invalid` when the file can't be read */
export function readConfigFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): MomError {
  const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
  const reason = reasonOf(error);
  return new MomError('config_invalid', missing ? `config file not found: ${path}` : `config file ${path} cannot be read: ${reason}`, {
    hint: 'check --config, MOM_CONFIG and the rights of the file',
    cause: error,
  });
}

/** A path for messages: relative to `cwd` when it is below. */
export function displayPath(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return short === '' || short.startsWith('..') ? path : short;
}

/** The path without links, or as it is when it does not exist. */
export function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // Not there yet: its nearest existing folder decides.
    const parent = dirname(path);
    return parent === path ? path : join(realPath(parent), relative(parent, path));
  }
}

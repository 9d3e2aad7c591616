import { join, resolve } from 'node:path';
import { keysFile } from '../keys/key-store.js';
import type { LoadOptions } from '../load.js';
import { FILE_NAMES, projectFolders, userConfigDir } from './discover.js';
import { trustFile } from './trust.js';

/** Every file whose change, appearance or disappearance may change the configuration or a key, absolute. */
export function watchedFiles({ cwd, env, home, configFile }: Omit<LoadOptions, 'overrides'>): string[] {
  const named = configFile ?? (env.MOM_CONFIG || undefined);
  const keys = keysFile(env, home);
  if (named !== undefined) return [resolve(cwd, named), keys];
  const folders = [userConfigDir(env, home), ...projectFolders(cwd)];
  return [...folders.flatMap((folder) => FILE_NAMES.map((name) => join(folder, name))), trustFile(env, home), keys];
}

import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadConfig } from '../../src/config/load.js';
import { resolveMixture } from '../../src/config/mixture/resolve.js';
import type { MixtureChoice, Override } from '../../src/config/wishes.js';

/** A home and a project of a test's own. */
export function makeWorkspace(files: Record<string, string> = {}) {
  const root = mkdtempSync(join(tmpdir(), 'mom-config-'));
  const home = join(root, 'home');
  const cwd = join(root, 'project');
  mkdirSync(home);
  mkdirSync(join(cwd, '.git'), { recursive: true });
  const write = (name: string, text: string) => {
    const path = join(root, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  };
  for (const [name, text] of Object.entries(files)) write(name, text);
  const load = (env: Record<string, string> = {}, options: { overrides?: Override[]; configFile?: string; cwd?: string } = {}) =>
    loadConfig({ cwd, home, env, overrides: [], ...options });
  const resolve = async (choice: MixtureChoice = {}, env: Record<string, string> = { OPENROUTER_API_KEY: 'sk-or-test' }) =>
    resolveMixture(await load(env), choice, async () => []);
  return { root, home, cwd, write, load, resolve };
}

export const PROJECT = 'project/mom.config.yaml';
export const USER = 'home/.config/mom/mom.config.yaml';

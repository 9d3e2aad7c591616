import type { CliContext } from './context.js';

/** Where a command looks for its configuration; the file of `--config` replaces the user's and the project's. */
export function worldOf<Env>({ env, cwd, home }: { env: Env } & Pick<CliContext, 'cwd' | 'home'>, { config }: { config?: string }) {
  return { env, cwd, home, ...(config === undefined ? {} : { configFile: config }) };
}

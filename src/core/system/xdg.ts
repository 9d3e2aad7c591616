import { join } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

/** Where mom keeps what it remembers: `$XDG_STATE_HOME/mom`, by default `~/.local/state/mom`. */
export function stateDir(env: Env, home: string): string {
  return join(base(env.XDG_STATE_HOME) ?? join(home, '.local', 'state'), 'mom');
}

/** The journals of runs, until these are in the history. */
export function journalsDir(env: Env, home: string): string {
  return join(stateDir(env, home), 'runs');
}

/** Where mom keeps what can be had again: `$XDG_CACHE_HOME/mom`, by default `~/.cache/mom`. */
export function cacheDir(env: Env, home: string): string {
  return join(base(env.XDG_CACHE_HOME) ?? join(home, '.cache'), 'mom');
}

/** An empty or relative variable counts as unset, as the XDG specification wants it. */
function base(value: string | undefined): string | null {
  return value?.startsWith('/') ? value : null;
}

import { join } from 'node:path';

/**
 * Where mom keeps what it remembers: `$XDG_STATE_HOME/mom`, by default `~/.local/state/mom`.
 * An empty or relative variable counts as unset, as the XDG specification wants it.
 */
export function stateDir(env: Readonly<Record<string, string | undefined>>, home: string): string {
  const base = env.XDG_STATE_HOME;
  return join(base?.startsWith('/') ? base : join(home, '.local', 'state'), 'mom');
}

import { spawn } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import type { CliContext } from '../context.js';

/** A program and what it is given. */
type Command = readonly [program: string, ...args: string[]];

export type Opened = { by: string } | { by: null; reason: string };

/**
 * Shows a file in the user's browser, which is not waited for: `$BROWSER`, else what the system has for it. No shell reads
 * anything. The first program that could be started counts; what it does then is its own business.
 */
export async function openInBrowser(path: string, env: CliContext['env'], platform: string = process.platform): Promise<Opened> {
  const commands = commandsFor(path, env, platform);
  if (commands.length === 0) return { by: null, reason: 'there is no display here' };
  const reasons: string[] = [];
  for (const command of commands) {
    const reason = await start(command, env);
    if (reason === null) return { by: command[0] };
    reasons.push(`${command[0]}: ${reason}`);
  }
  return { by: null, reason: reasons.join('; ') };
}

/** In the order in which they are tried; none where nothing could be shown. */
function commandsFor(path: string, env: CliContext['env'], platform: string): Command[] {
  const named = (env.BROWSER ?? '').split(':').flatMap((entry) => namedCommand(entry, pathToFileURL(path).href));
  if (named.length > 0) return named;
  if (platform === 'darwin') return [['open', path]];
  const isWsl = Boolean(env.WSL_DISTRO_NAME || env.WSL_INTEROP);
  const hasDisplay = Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
  return [...(isWsl ? [['wslview', path] as const] : []), ...(hasDisplay ? [['xdg-open', path] as const] : [])];
}

/** `firefox`, `firefox --new-window %s`: as `$BROWSER` is written, with several of them between colons. */
function namedCommand(entry: string, url: string): Command[] {
  const [program, ...args] = entry.trim().split(/\s+/);
  if (program === undefined || program === '') return [];
  const given = args.map((arg) => arg.replaceAll('%s', () => url));
  return [[program, ...given, ...(entry.includes('%s') ? [] : [url])]];
}

/** Resolves to null once it runs, else to why it does not. */
function start([program, ...args]: Command, env: CliContext['env']): Promise<string | null> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { env, detached: true, stdio: 'ignore' });
    child.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ENOENT' ? 'there is no such program' : error.message));
    child.once('spawn', () => {
      child.unref();
      resolve(null);
    });
  });
}

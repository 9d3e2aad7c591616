import type { Env, ServeSettings } from '../../config/wishes.js';
import { isMomError } from '../../core/error.js';
import { type KeptServeKey, readServeKey } from '../keys/serve-key.js';
import { type Check, ofError, ok, warn } from './check.js';
import { portOwner } from './port-owner.js';

/** Where the gateway would listen, and who may use it. */
export async function examineGateway(serve: ServeSettings, env: Env, home: string): Promise<Check[]> {
  return [await portCheck(serve), ...accessChecks(serve, env, home)];
}

async function portCheck({ host, port }: ServeSettings): Promise<Check> {
  if (port === 0) return ok('gateway', 'mom serve takes any free port');
  const code = await tryPort(host, port);
  const address = `${host}:${port}`;
  if (code === null) return ok('gateway', `${address} is free for mom serve`);
  if (code === 'EADDRINUSE') {
    const owner = portOwner(port);
    if (owner?.startsWith('mom serve')) return ok('gateway', `${owner} listens on port ${port}`);
    return warn(
      'gateway',
      `${address} is in use${owner === null ? '' : ` by ${owner}`}`,
      'mom serve --port takes another one, so does serve.port',
    );
  }
  if (code === 'EACCES') return warn('gateway', `${address} needs more rights than you have`, 'use a port from 1024 on: serve.port');
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return warn('gateway', `${host} is no address of this machine`, 'correct serve.host');
  return warn('gateway', `mom serve can't listen on ${address} (${code})`, 'correct serve.host and serve.port');
}

/** Null when the port can be had, else the code of the error. It is given back at once. */
async function tryPort(host: string, port: number): Promise<string | null> {
  const { createServer } = await import('node:net');
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host: host.replace(/^\[(.*)\]$/, '$1'), port, exclusive: true }, () => server.close(() => resolve(null)));
  });
}

function accessChecks({ host, keys }: ServeSettings, env: Env, home: string): Check[] {
  const { kept, checks } = keptKey(env, home);
  const isLoopback = /^(localhost|127(\.\d+){3}|\[?::1\]?)$/.test(host);
  const names = keys.map(({ name }) => name);
  if (names.length > 0) return [...checks, ok('gateway', `keys of the gateway: ${names.join(', ')}`)];
  const own = kept === null ? '' : '; mom serve --auth has one of its own';
  if (isLoopback) return [...checks, ok('gateway', `the gateway asks for no key: it serves this machine only${own}`)];
  const fix = 'set serve.keys, or start it with --auth and --allow-remote';
  return [...checks, warn('gateway', `the gateway is to serve ${host}, and has no key${own}`, fix)];
}

function keptKey(env: Env, home: string): { kept: KeptServeKey | null; checks: Check[] } {
  try {
    const kept = readServeKey(env, home);
    return { kept, checks: (kept?.warnings ?? []).map(({ message }) => warn('gateway', message, 'make a new one: delete the file')) };
  } catch (error) {
    if (!isMomError(error)) throw error;
    return { kept: null, checks: [ofError('gateway', 'warn', error)] };
  }
}

import { isLoopbackHost } from '../access.js';
import { ApiError } from '../errors.js';

/** A name or address, and perhaps a port. */
const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?$/i;

/**
 * Keeps out web pages whose name was made to point at this machine: a gateway on loopback answers to names of loopback
 * and to those in `allowed`, given with or without a port.
 * @throws ApiError 403
 */
export function checkHost(host: string | undefined, allowed: readonly string[]): void {
  const [, name] = HOST.exec(host ?? '') ?? [];
  if (name !== undefined && (isLoopbackHost(name) || isNamed(name, host ?? '', allowed))) return;
  throw new ApiError(
    'forbidden',
    host === undefined ? 'the request has no Host' : `this gateway does not answer to the host ${JSON.stringify(host.slice(0, 200))}`,
    { hint: 'use 127.0.0.1 or localhost, or name the host in serve.allowed_hosts' },
  );
}

function isNamed(name: string, host: string, allowed: readonly string[]): boolean {
  return allowed.some((entry) => [name.toLowerCase(), host.toLowerCase()].includes(entry.toLowerCase()));
}

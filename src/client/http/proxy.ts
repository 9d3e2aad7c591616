type Env = Readonly<Record<string, string | undefined>>;

/**
 * The proxy for `url` by HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY of `env` (either case), or null.
 * Loopback is never proxied. The usual library reads only the process's own environment, so it does not fit here.
 *
 * @throws TypeError when the variable is no URL.
 */
export function proxyFor(url: URL, env: Env): URL | null {
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (isLoopback(host) || isExempt(host, portOf(url), read(env, 'no_proxy'))) return null;
  const scheme = url.protocol.slice(0, -1);
  const value = read(env, `${scheme}_proxy`) || read(env, 'all_proxy');
  if (!value) return null;
  return new URL(value.includes('://') ? value : `http://${value}`);
}

function read(env: Env, name: string): string {
  return env[name] || env[name.toUpperCase()] || '';
}

function portOf(url: URL): string {
  return url.port || (url.protocol === 'https:' ? '443' : '80');
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function isExempt(host: string, port: string, list: string): boolean {
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => {
      if (entry === '*') return true;
      const [, name = entry, onlyPort] = /^(.+?)(?::(\d+))?$/.exec(entry) ?? [];
      if (onlyPort && onlyPort !== port) return false;
      const bare = name.replace(/^\*?\.?/, '');
      return host === bare || host.endsWith(`.${bare}`);
    });
}

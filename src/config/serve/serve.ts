import { isIP } from 'node:net';
import { MomError } from '../../core/error.js';
import { SERVE } from '../../core/limits.js';
import type { LoadedConfig } from '../load.js';
import { milliseconds } from '../mixture/members.js';
import type { ServeSettings } from '../wishes.js';
import { checkServeKeys, serveKeysOf } from './serve-keys.js';
import { sideRulesOf } from './side-requests.js';

/** How the gateway serves, with every default filled in. @throws MomError `config_invalid` */
export function serveOf(config: LoadedConfig): ServeSettings {
  const own = config.values.serve ?? {};
  const time = (value: string | 0 | undefined, usual: number) => (value === undefined ? usual : milliseconds(value));
  return {
    host: listenHost(config),
    port: own.port ?? SERVE.port,
    keys: serveKeysOf(config),
    allowedHosts: eachText(config, 'allowed_hosts', hostName),
    corsOrigins: eachText(config, 'cors_origins', origin),
    maxBody: own.max_body === undefined ? SERVE.maxBody : Math.ceil(own.max_body * 2 ** 20),
    requestsPerMinute: own.requests_per_minute ?? null,
    concurrency: own.concurrency ?? null,
    maxInFlight: own.max_in_flight ?? SERVE.maxInFlight,
    retryWindow: time(own.retry_window, SERVE.retryWindow),
    heartbeat: time(own.heartbeat, SERVE.heartbeat),
    drain: time(own.drain, SERVE.drain),
    sideRequests: sideRulesOf(config),
  };
}

/** What only shows when variables are filled in; of the keys those whose variables are set. @throws MomError `config_invalid` */
export function checkServe(config: LoadedConfig): void {
  listenHost(config);
  checkServeKeys(config);
  eachText(config, 'allowed_hosts', hostName);
  eachText(config, 'cors_origins', origin);
  sideRulesOf(config);
}

function listenHost(config: LoadedConfig): string {
  const path = ['serve', 'host'];
  const host = config.text(path)?.trim() || SERVE.host;
  if (isIP(host.replace(/^\[(.*)\]$/, '$1')) !== 0 || hostName.read(host) !== null) return host;
  const wrong = `must be an address such as 127.0.0.1, or a name, not ${JSON.stringify(host)}`;
  const isFile = config.source(path)?.file != null;
  const message = isFile ? `${config.origin(path)}: serve.host ${wrong}` : `${config.origin(path)} ${wrong}`;
  throw new MomError(isFile ? 'config_invalid' : 'usage', message, {
    hint: 'leave scheme, port and path out; the port goes to --port or serve.port',
  });
}

/** Reads a text as one kind of thing; null when it is none. */
interface Reader {
  what: string;
  read(text: string): string | null;
}

function eachText(config: LoadedConfig, option: 'allowed_hosts' | 'cors_origins', { what, read }: Reader): string[] {
  const texts = config.values.serve?.[option] ?? [];
  return texts.map((written, index) => {
    const path = ['serve', option, index];
    const text = (config.text(path, written) as string).trim();
    const value = read(text);
    if (value !== null) return value;
    throw new MomError('config_invalid', `${config.origin(path)}: serve.${option}[${index}] must be ${what}, not ${JSON.stringify(text)}`, {
      hint:
        option === 'cors_origins' ? 'give scheme, host and port, without a path; there is no wildcard' : 'leave scheme, port and path out',
    });
  });
}

const hostName: Reader = {
  what: 'a host name such as mom.example.org',
  read(text) {
    const url = URL.canParse(`http://${text}/`) ? new URL(`http://${text}/`) : null;
    // Whatever is more than a name does not come back as it was.
    return url !== null && /^[^\s/?#@:*%]+$|^\[[^\]]+\]$/.test(text) ? url.hostname : null;
  },
};

const origin: Reader = {
  what: 'an origin such as https://chat.example.org',
  read(text) {
    const url = /^https?:\/\//i.test(text) && URL.canParse(text) ? new URL(text) : null;
    return url !== null && url.origin === text.toLowerCase() && !text.includes('*') ? url.origin : null;
  },
};

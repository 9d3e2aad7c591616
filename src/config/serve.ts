import { SERVE } from '../core/limits.js';
import type { LoadedConfig } from './load.js';
import type { ServeSettings } from './wishes.js';

/** How the gateway serves, with every default filled in. @throws MomError `config_invalid` */
export function serveOf(_config: LoadedConfig): ServeSettings {
  return {
    ...SERVE,
    keys: [],
    allowedHosts: [],
    corsOrigins: [],
    requestsPerMinute: null,
    concurrency: null,
    sideRequests: [],
  };
}

import { dirname, resolve } from 'node:path';
import type { SemanticRule } from '../core/answer-cache.js';
import type { Prices } from '../core/catalog.js';
import { CACHE, SEMANTIC_THRESHOLD } from '../core/limits.js';
import type { LoadedConfig } from './load.js';
import { milliseconds, splitModel } from './mixture/members.js';
import type { PriceConfig } from './schema/schema.js';
import { serveOf } from './serve/serve.js';
import type { Settings } from './wishes.js';

/** What the configuration says beside the mixtures. @throws MomError `config_invalid`; for the gateway when `serve` is read */
export function settingsOf(config: LoadedConfig): Settings {
  const file = config.source(['debug_dir'])?.file;
  let serve: Settings['serve'] | null = null;
  const { budget, pricing } = config.values;
  return {
    log: logOf(config),
    debugRequests: config.values.debug_requests ?? false,
    debugDir: resolve(file ? dirname(file) : config.cwd, config.text(['debug_dir']) ?? 'debug-requests'),
    cache: cacheOf(config),
    budget: { day: budget?.day ?? null, month: budget?.month ?? null },
    // Only who serves reads it: the variable of a key that is not set stops nobody else.
    get serve() {
      serve ??= serveOf(config);
      return serve;
    },
    pricing: Object.fromEntries(Object.entries(pricing ?? {}).map(([model, price]) => [model, perToken(price)])),
  };
}

function logOf({ values: { log = true } }: LoadedConfig): Settings['log'] {
  if (typeof log === 'boolean') return log ? 'full' : 'nothing';
  return log.content === false ? 'numbers' : 'full';
}

function cacheOf(config: LoadedConfig): Settings['cache'] {
  const { cache } = config.values;
  if (cache === undefined) return null;
  const { ttl, max_size } = cache;
  return { ttl: ttl === undefined ? CACHE.ttl : milliseconds(ttl), maxSize: max_size ?? CACHE.maxSize, semantic: semanticOf(config) };
}

/** Who finds questions that mean the same; null where nobody is to. @throws MomError `config_invalid` */
export function semanticOf(config: LoadedConfig): SemanticRule | null {
  const semantic = config.values.cache?.semantic;
  if (semantic === undefined) return null;
  const path = ['cache', 'semantic', 'model'];
  const { provider, model } = splitModel(config, config.text(path, semantic.model) ?? semantic.model, undefined, path);
  return { provider, model, threshold: semantic.threshold ?? SEMANTIC_THRESHOLD };
}

/** Prices are written per million tokens and used per token. */
function perToken(price: PriceConfig): Prices {
  const each = (usd: number | undefined) => (usd === undefined ? null : usd / 1e6);
  return {
    input: price.input / 1e6,
    output: price.output / 1e6,
    cachedInput: each(price.cached_input),
    reasoning: each(price.reasoning),
    request: price.request ?? 0,
    image: price.image ?? 0,
  };
}

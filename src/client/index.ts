import { type Clock, systemClock } from '../core/clock.js';
import { MomError } from '../core/error.js';
import type { Exchange } from '../core/exchange.js';
import type { Dialect, Provider } from '../core/model.js';
import type { CallRequest, ModelClient } from '../core/model-client.js';
import type { Random } from '../core/random.js';
import { type AttemptContext, attempt } from './attempt.js';
import { lookupBill } from './bill.js';
import type { WireDialect } from './dialect.js';
import { embed } from './embed.js';
import { withAttemptLimits, withCallLimit } from './limits.js';
import { createModelSource, type ModelSource } from './models.js';
import { openaiDialect } from './openai.js';
import { openrouterDialect } from './openrouter.js';
import { withRetry } from './retry.js';
import { createTransport } from './transport.js';

export interface ClientOptions {
  providers: readonly Provider[];
  /** Proxies are read from here. */
  env: Record<string, string | undefined>;
  clock?: Clock;
  /** For the jitter of retries. */
  random?: Random;
  userAgent?: string;
  /** Gets every exchange with a provider once it is over. */
  onExchange?: (exchange: Exchange) => void;
}

const DIALECTS: Readonly<Record<Dialect, WireDialect>> = { openrouter: openrouterDialect, openai: openaiDialect };

/** The port to the providers: attempts with their limits, retries around them, the call's own limit around all. */
export function createClient(options: ClientOptions): ModelClient & ModelSource & { close(): void } {
  const { clock = systemClock, random = Math.random, userAgent = 'mom-cli' } = options;
  const providers = new Map(options.providers.map((provider) => [provider.name, provider]));
  const transport = createTransport(options.env, clock);
  const context: AttemptContext = { transport, clock, userAgent, onExchange: options.onExchange, withoutStreamOptions: new Set() };

  function providerOf(name: string): Provider {
    const provider = providers.get(name);
    if (provider) return provider;
    throw new MomError('config_invalid', `no provider is named ${name}`, { hint: 'add it under providers in the config' });
  }

  function once(request: CallRequest) {
    const provider = providerOf(request.provider);
    return attempt(context, provider, DIALECTS[provider.dialect], request);
  }

  return {
    call: withCallLimit(withRetry(withAttemptLimits(once, clock), clock, random), clock),
    async lookupBill(name, generationId, signal) {
      const provider = providers.get(name);
      return provider ? lookupBill(context, provider, DIALECTS[provider.dialect], generationId, signal) : null;
    },
    embed: async (name, model, text, signal) => {
      const provider = providerOf(name);
      return embed({ transport, clock, userAgent, random }, provider, DIALECTS[provider.dialect], model, text, signal);
    },
    ...createModelSource({ transport, clock, userAgent }, (provider) => DIALECTS[provider.dialect]),
    close: () => transport.close(),
  };
}

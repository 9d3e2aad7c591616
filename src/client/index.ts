import { type Clock, systemClock } from '../core/clock.js';
import { MomError } from '../core/error.js';
import type { Exchange } from '../core/exchange.js';
import type { Dialect, Provider } from '../core/model.js';
import type { CallRequest, ModelClient } from '../core/model-client.js';
import type { Random } from '../core/random.js';
import type { Thoughts } from './answer/thoughts.js';
import { type AttemptContext, attempt } from './attempt.js';
import { lookupBill } from './bill.js';
import type { WireDialect } from './dialects/dialect.js';
import { openaiDialect } from './dialects/openai.js';
import { openrouterDialect } from './dialects/openrouter.js';
import { type EmbedContext, embed, type ForwardedAnswer, forwardEmbeddings } from './embed.js';
import type { Breakers } from './failing/breaker.js';
import { withLimits } from './failing/limits.js';
import { withRetry } from './failing/retry.js';
import type { RetryBudget } from './failing/retry-budget.js';
import { createTransport } from './http/transport.js';
import { checkKey, type KeyState } from './key-check.js';
import { createModelSource, type ModelSource } from './models/models.js';

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
  /** Leave models alone that fail again and again. @default every call is made */
  breakers?: Breakers;
  /** What all calls together may spend on retries. @default each call's own number is the only bound */
  retryBudget?: RetryBudget;
  /** Keep what models thought before they called tools, and put it back when they go on. @default each call stands alone */
  thoughts?: Thoughts;
}

/** The port to the providers, with what only some doors need of them. */
export interface ProviderClient extends ModelClient, ModelSource {
  /**
   * Passes a client's request for embeddings on; `model` is the provider's own id.
   * @throws MomError as a call does, `input_invalid` when the request names no model
   */
  forwardEmbeddings(provider: string, request: Record<string, unknown>, signal: AbortSignal): Promise<ForwardedAnswer>;
  /** What the provider says of its key. Never throws. */
  checkKey(provider: Provider, signal: AbortSignal): Promise<KeyState>;
  /** Ends every connection. */
  close(): void;
}

const DIALECTS: Readonly<Record<Dialect, WireDialect>> = { openrouter: openrouterDialect, openai: openaiDialect };

/** The port to the providers: attempts, retries around them, limits around all of it, and outermost the breakers. */
export function createClient(options: ClientOptions): ProviderClient {
  const { clock = systemClock, random = Math.random, userAgent = 'mom-cli' } = options;
  const providers = new Map(options.providers.map((provider) => [provider.name, provider]));
  const transport = createTransport(options.env, clock);
  const context: AttemptContext = {
    transport,
    clock,
    userAgent,
    onExchange: options.onExchange,
    withoutStreamOptions: new Set(),
    thoughts: options.thoughts ?? null,
  };

  function providerOf(name: string): Provider {
    const provider = providers.get(name);
    if (provider) return provider;
    throw new MomError('config_invalid', `no provider is named ${name}`, { hint: 'add it under providers in the config' });
  }

  function once(request: CallRequest) {
    const provider = providerOf(request.provider);
    return attempt(context, provider, DIALECTS[provider.dialect], request);
  }

  function embedContext(name: string): EmbedContext {
    const provider = providerOf(name);
    return { transport, clock, userAgent, random, retryBudget: options.retryBudget, provider, dialect: DIALECTS[provider.dialect] };
  }

  const call = withLimits(withRetry(once, clock, random, options.retryBudget), clock);
  return {
    call: options.breakers?.guard(call) ?? call,
    async lookupBill(name, generationId, signal) {
      const provider = providers.get(name);
      return provider ? lookupBill(context, provider, DIALECTS[provider.dialect], generationId, signal) : null;
    },
    embed: async (name, model, text, signal) => embed(embedContext(name), model, text, signal),
    forwardEmbeddings: async (name, request, signal) => {
      const { model } = request;
      if (typeof model === 'string' && model !== '') return forwardEmbeddings(embedContext(name), { ...request, model }, signal);
      throw new MomError('input_invalid', 'the request for embeddings names no model', { hint: 'set `model`' });
    },
    ...createModelSource({ transport, clock, userAgent }, (provider) => DIALECTS[provider.dialect]),
    checkKey: (provider, signal) => checkKey({ transport, clock, userAgent }, provider, DIALECTS[provider.dialect], signal),
    close: () => transport.close(),
  };
}

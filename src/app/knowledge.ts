import { createCatalog, type Need, type PreparedCatalog } from '../client/models/catalog.js';
import type { ModelSource } from '../client/models/models.js';
import { KNOWN_PROVIDERS } from '../config/providers/known.js';
import type { Env, Settings } from '../config/wishes.js';
import { NO_SHELF } from '../core/catalog.js';
import { systemClock } from '../core/clock.js';
import { hasImages, messageText } from '../core/message.js';
import { type Mixture, membersOf } from '../core/mixture.js';
import type { Provider } from '../core/model.js';
import type { RunRequest, Warning } from '../core/run.js';
import type { Engine } from '../engine/index.js';
import { createPriceShelf } from '../store/price-lists.js';

interface Sources {
  providers: readonly Provider[];
  settings: Settings;
  /** Null: nobody is asked, only what is kept counts. */
  source: ModelSource | null;
  /** What the sandbox tells is not kept. */
  sandbox: boolean;
  env: Env;
  home: string;
  onNote: (note: Warning) => void;
}

interface Wanted extends Sources {
  mixture: Mixture;
  /** Prices will be shown, whether a cap needs them or not. */
  showsPrices: boolean;
  signal: AbortSignal;
}

/** From so many characters on a request may be too long for a model: some still read no more than 32,000 tokens. */
const LARGE_REQUEST = 100_000;

/** Ids of Ollama's hosted models, which are paid by subscription. */
const HOSTED = /cloud$/i;

/**
 * What can be known of the providers' models. Nobody is asked for a list that no run waits for but the hosted providers
 * that mom knows, once a day: a server of the user's own gets no request that it was not meant to get.
 */
export function openCatalog({ providers, settings, source, sandbox, env, home, onNote }: Sources): PreparedCatalog {
  const shelf = sandbox ? NO_SHELF : createPriceShelf(env, home);
  const local = new Set(sandbox ? [] : providers.filter(isLocal).map(({ name }) => name));
  const isFree = (provider: string, model: string) => local.has(provider) && !HOSTED.test(model);
  const { pricing } = settings;
  return createCatalog({ providers, shelf, source, pricing, isFree, mayVolunteer: isPublic, clock: systemClock, onNote });
}

/** What is known of the mixture's models. Prices are waited for where a cap of the user's or a budget needs them. */
export async function learnModels(wanted: Wanted): Promise<PreparedCatalog> {
  const { mixture, settings, signal } = wanted;
  const catalog = openCatalog(wanted);
  const need = wanted.showsPrices || needsPrices(mixture, settings) ? 'prices' : 'nothing';
  await catalog.prepare(membersOf(mixture), need, signal);
  return catalog;
}

/**
 * An engine for any number of requests, over any time: each run learns what it needs of its models, and what has become
 * old is fetched again.
 */
export function keptInformed(engine: Engine, catalog: PreparedCatalog, settings: Settings): Engine {
  return {
    ...engine,
    async run(request, sinks, id) {
      const { mixture, budgets = [], signal = new AbortController().signal } = request;
      const members = membersOf(mixture);
      await catalog.prepare(members, budgets.length > 0 || needsPrices(mixture, settings) ? 'prices' : 'nothing', signal);
      if (needOf(request) !== 'nothing') await catalog.prepare(members, needOf(request), signal);
      return engine.run(request, sinks, id);
    },
  };
}

/** An engine that asks what the models can take before it runs a request that not every model takes. */
export function informed(engine: Engine, catalog: PreparedCatalog): Engine {
  return {
    ...engine,
    async run(request, sinks, id) {
      const need = needOf(request);
      if (need !== 'nothing') await catalog.prepare(membersOf(request.mixture), need, request.signal ?? new AbortController().signal);
      return engine.run(request, sinks, id);
    },
  };
}

function needOf({ messages }: RunRequest): Need {
  const characters = messages.reduce((sum, message) => sum + messageText(message).length, 0);
  return characters > LARGE_REQUEST || hasImages(messages) ? 'facts' : 'nothing';
}

function needsPrices({ maxCost, allowUnknownPrice }: Mixture, { budget }: Settings): boolean {
  if (budget.day !== null || budget.month !== null) return true;
  return maxCost?.setByUser === true && !allowUnknownPrice;
}

function isPublic({ name, baseUrl }: Provider): boolean {
  const known = knownAs(name);
  return known?.host != null && known.baseUrl === baseUrl;
}

/** A server of a kind that mom knows, on this machine: its calls cost nothing. */
function isLocal({ name, baseUrl }: Provider): boolean {
  return knownAs(name)?.host === null && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(baseUrl).hostname);
}

function knownAs(name: string) {
  return Object.hasOwn(KNOWN_PROVIDERS, name) ? KNOWN_PROVIDERS[name] : undefined;
}

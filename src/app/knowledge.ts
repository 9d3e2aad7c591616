import { createCatalog, type PreparedCatalog } from '../client/catalog.js';
import type { ModelSource } from '../client/models.js';
import { KNOWN_PROVIDERS } from '../config/providers.js';
import type { Env, Settings } from '../config/wishes.js';
import { NO_SHELF } from '../core/catalog.js';
import { systemClock } from '../core/clock.js';
import { type Mixture, membersOf } from '../core/mixture.js';
import type { Provider } from '../core/model.js';
import type { Warning } from '../core/run.js';
import { createPriceShelf } from '../store/price-lists.js';

interface Wanted {
  providers: readonly Provider[];
  mixture: Mixture;
  settings: Settings;
  /** Null: nobody is asked, only what is kept counts. */
  source: ModelSource | null;
  /** What the sandbox tells is not kept. */
  sandbox: boolean;
  env: Env;
  home: string;
  onNote: (note: Warning) => void;
  signal: AbortSignal;
}

/**
 * What is known of the mixture's models. Prices are waited for where a cap of the user's or a budget needs them. Else
 * nobody is asked but the hosted providers that mom knows, beside the run and once a day: a server of the user's own
 * gets no request that it was not meant to get.
 */
export async function learnModels(wanted: Wanted): Promise<PreparedCatalog> {
  const { providers, mixture, settings, sandbox, env, home, onNote, signal } = wanted;
  const need = needsPrices(mixture, settings) ? 'prices' : 'nothing';
  const source = need === 'prices' || providers.every(isPublic) ? wanted.source : null;
  const shelf = sandbox ? NO_SHELF : createPriceShelf(env, home);
  const catalog = createCatalog({ providers, shelf, source, pricing: settings.pricing, clock: systemClock, onNote });
  await catalog.prepare(membersOf(mixture), need, signal);
  return catalog;
}

function needsPrices({ maxCost, allowUnknownPrice }: Mixture, { budget }: Settings): boolean {
  if (budget.day !== null || budget.month !== null) return true;
  return maxCost?.setByUser === true && !allowUnknownPrice;
}

function isPublic({ name, baseUrl }: Provider): boolean {
  const known = Object.hasOwn(KNOWN_PROVIDERS, name) ? KNOWN_PROVIDERS[name] : undefined;
  return known?.host != null && known.baseUrl === baseUrl;
}

import { setMaxListeners } from 'node:events';
import { closest, distance } from 'fastest-levenshtein';
import type { Catalog, ModelFacts, ModelShelf, Prices } from '../../core/catalog.js';
import type { Clock } from '../../core/clock.js';
import { formatDuration } from '../../core/duration.js';
import { PRICE_LIST } from '../../core/limits.js';
import type { Member } from '../../core/mixture.js';
import type { Provider } from '../../core/model.js';
import type { Warning } from '../../core/run.js';
import { type ListFailure, ModelBook } from './model-book.js';
import type { ModelSource } from './models.js';

/** Milliseconds before a list is fetched that nobody waits for: the calls of the run go first, and a short run goes without. */
const BACKGROUND_DELAY = 50;

const FREE: Prices = { input: 0, output: 0, cachedInput: null, reasoning: null, request: 0, image: 0 };

export interface CatalogOptions {
  providers: readonly Provider[];
  /** What earlier runs have kept. */
  shelf: ModelShelf;
  /** Null: no network, only what is kept and configured counts. */
  source: ModelSource | null;
  /** From the configuration, by model id or provider:id; wins over every list. */
  pricing: Readonly<Record<string, Prices>>;
  /** True for models whose calls cost nothing where neither the configuration nor a list says otherwise. @default none */
  isFree?: (provider: string, model: string) => boolean;
  /**
   * True for providers that may be asked for a list that nobody waits for; the others are asked only for what a run
   * needs. @default all
   */
  mayVolunteer?: (provider: Provider) => boolean;
  clock: Clock;
  /** Told what is wrong with a kept list, and which list that was waited for did not come. */
  onNote: (note: Warning) => void;
}

/** What a run has to know of its models before it begins; `facts`: whether they can take the request. */
export type Need = 'nothing' | 'prices' | 'facts';

export interface PreparedCatalog extends Catalog {
  /**
   * Learns about the models that a run may ask. What is kept is there at once; what is missing or old is fetched in the
   * background, and waited for ({@link PRICE_LIST}.wait at most) only where it is needed and unknown. Never throws.
   */
  prepare(members: readonly Pick<Member, 'provider' | 'model'>[], need: Need, signal: AbortSignal): Promise<void>;
  /**
   * Waits for a provider's list where it is missing or old, or is wished for anew. Returns why it did not come: what is
   * kept, if anything, then goes on counting. Never throws.
   */
  refreshList(provider: string, anew: boolean): Promise<ListFailure | null>;
  /** Every model of the provider's list that is in service; empty where there is no list. */
  listed(provider: string): readonly ModelFacts[];
  /** Ends what is under way. */
  settle(): Promise<void>;
}

/** What is known of the providers' models: configured prices, kept lists, and what is fetched anew. */
export function createCatalog(options: CatalogOptions): PreparedCatalog {
  const { shelf, source, clock, onNote, isFree = () => false, mayVolunteer = () => true } = options;
  const pricing = new Map(Object.entries(options.pricing));
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  const books = new Map(
    options.providers.map((provider) => [provider.name, new ModelBook({ provider, shelf, source, clock, signal: controller.signal })]),
  );
  const pending = new Set<Promise<unknown>>();
  const timers = new Set<() => void>();

  function facts(provider: string, model: string): ModelFacts | null {
    const listed = books.get(provider)?.facts(model) ?? null;
    const prices = configured(provider, model) ?? (!listed?.prices && isFree(provider, model) ? FREE : undefined);
    if (prices === undefined) return listed;
    return { ...(listed ?? { id: model, context: null, maxOutput: null, images: null, parameters: null, expires: null }), prices };
  }

  function configured(provider: string, model: string): ModelFacts['prices'] | undefined {
    // It is asked for several times with every call, and mostly there are none.
    if (pricing.size === 0) return undefined;
    // The `~` of an alias may be left out, as in a list of models.
    const names = [model, model.replace(/^~/, '')].flatMap((id) => [`${provider}:${id}`, id]);
    return names.map((name) => pricing.get(name)).find((found) => found !== undefined);
  }

  function unpriced(provider: string, models: readonly string[]): string[] {
    return models.filter((model) => !facts(provider, model)?.prices);
  }

  /** Those of the models of which the run doesn't know what it needs, and which the provider could tell. */
  function unknown(book: ModelBook, models: readonly string[], need: Need): readonly string[] {
    if (need === 'prices') return unpriced(book.provider.name, models);
    return need === 'facts' && book.provider.dialect === 'openrouter' ? models.filter((model) => !book.facts(model)) : [];
  }

  function refresh(book: ModelBook, models: readonly string[]): Promise<string | null> {
    const work = book.refresh(models);
    pending.add(work);
    void work.finally(() => pending.delete(work));
    return work;
  }

  function refreshLater(book: ModelBook, models: readonly string[]): void {
    const disarm = clock.after(BACKGROUND_DELAY, () => {
      timers.delete(disarm);
      void refresh(book, models);
    });
    timers.add(disarm);
  }

  async function awaitList(book: ModelBook, models: readonly string[], need: Need, signal: AbortSignal): Promise<void> {
    const { name } = book.provider;
    const failed = await bounded(refresh(book, models), name, clock, signal);
    // Whether a model can take the request is then found out by asking it.
    const missing = need === 'prices' ? unpriced(name, models) : [];
    if (failed === null || missing.length === 0 || signal.aborted || controller.signal.aborted) return;
    onNote({ code: 'prices_unknown', message: `${failed}; no price is known of ${missing.join(', ')}` });
  }

  return {
    facts,
    retired: (provider, model) => books.get(provider)?.isGone(model) ?? false,
    nearest: (provider, model, fits) => nearestId(model, books.get(provider)?.living().filter(fits) ?? []),
    async refreshList(provider, anew) {
      const book = books.get(provider);
      if (book === undefined) return null;
      const note = book.open();
      if (note !== null) onNote({ code: 'price_list_unusable', message: note });
      const work = book.refreshList(anew);
      pending.add(work);
      void work.finally(() => pending.delete(work));
      return work;
    },
    listed: (provider) => books.get(provider)?.living() ?? [],
    listedAt: (provider) => books.get(provider)?.listedAt ?? null,
    async prepare(members, need, signal) {
      const waits: Promise<void>[] = [];
      for (const [name, book] of books) {
        const models = [...new Set(members.filter(({ provider }) => provider === name).map(({ model }) => model))];
        if (models.length === 0) continue;
        const note = book.open();
        if (note !== null) onNote({ code: 'price_list_unusable', message: note });
        if (!book.isDue(models)) continue;
        if (unknown(book, models, need).length > 0) waits.push(awaitList(book, models, need, signal));
        else if (mayVolunteer(book.provider) || (need !== 'nothing' && book.listedAt !== null)) refreshLater(book, models);
      }
      await Promise.all(waits);
    },
    async settle() {
      for (const disarm of timers) disarm();
      controller.abort();
      await Promise.all(pending);
    },
  };
}

/** What the work says, or that it takes too long; an abort ends the wait as well. */
function bounded(work: Promise<string | null>, name: string, clock: Clock, signal: AbortSignal): Promise<string | null> {
  return new Promise((resolve) => {
    const end = (said: string | null) => {
      disarm();
      signal.removeEventListener('abort', onAbort);
      resolve(said);
    };
    const disarm = clock.after(PRICE_LIST.wait, () => end(`${name} did not tell its prices within ${formatDuration(PRICE_LIST.wait)}`));
    const onAbort = () => end(null);
    if (signal.aborted) end(null);
    else signal.addEventListener('abort', onAbort, { once: true });
    void work.then(end);
  });
}

/** The id most like a model's: of its own vendor where there is one, else one that reads almost the same. */
function nearestId(model: string, living: readonly ModelFacts[]): string | null {
  const others = living.map(({ id }) => id).filter((id) => id !== model);
  const vendor = vendorOf(model);
  const own = vendor === null ? [] : others.filter((id) => vendorOf(id) === vendor);
  if (own.length > 0) return closest(model, own);
  if (others.length === 0) return null;
  const nearest = closest(model, others);
  return distance(model, nearest) <= Math.max(2, Math.floor(model.length / 3)) ? nearest : null;
}

function vendorOf(id: string): string | null {
  const slash = id.indexOf('/');
  return slash > 0 ? id.slice(0, slash).replace(/^~/, '') : null;
}

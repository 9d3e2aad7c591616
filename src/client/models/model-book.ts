import type { ModelFacts, ModelLookup, ModelRecord, ModelShelf } from '../../core/catalog.js';
import type { Clock } from '../../core/clock.js';
import type { ErrorCode } from '../../core/error.js';
import { PRICE_LIST } from '../../core/limits.js';
import type { Provider } from '../../core/model.js';
import type { ModelSource } from './models.js';

/** After a list could not be had, milliseconds until it is asked for again by the same process. */
const PAUSE_AFTER_FAILURE = 60_000;

const DAY = 24 * 3_600_000;

/** Answers about single models that are remembered: a server's clients may make up any number of names. */
const MAX_LOOKUPS = 500;

/** Ids that OpenRouter makes up as they are asked for: routing wishes behind a model's id, presets, newest of a line. */
export const NEVER_LISTED = /^~|@|:(nitro|floor|online|exacto)$/;

/** Why a list did not come, in words for the user. */
export interface ListFailure {
  message: string;
  code: ErrorCode;
}

export interface BookDeps {
  provider: Provider;
  shelf: ModelShelf;
  /** Null: nobody is asked, only what is kept counts. */
  source: ModelSource | null;
  clock: Clock;
  /** Aborts what is under way. */
  signal: AbortSignal;
}

/** What is known of one provider's models: kept from earlier runs, or asked for. */
export class ModelBook {
  readonly #deps: BookDeps;
  #list: ModelRecord['list'] = null;
  #lookups = new Map<string, ModelLookup>();
  #isOpen = false;
  #failedAt: number | null = null;
  #fetching: Promise<ListFailure | null> | null = null;
  readonly #asking = new Map<string, Promise<string | null>>();
  #proof: Promise<boolean> | null = null;
  /** True where the provider has no page of single models: then it says nothing that a page is not there. */
  #noSingles = false;

  constructor(deps: BookDeps) {
    this.#deps = deps;
  }

  get provider(): Provider {
    return this.#deps.provider;
  }

  get listedAt(): string | null {
    return this.#list?.fetched_at ?? null;
  }

  /** Reads what is kept, the first time only. Returns what is wrong with it, in words for the user. */
  open(): string | null {
    if (this.#isOpen) return null;
    this.#isOpen = true;
    const { shelf, provider, clock } = this.#deps;
    const { record, note } = shelf.load(provider.name, provider.baseUrl, clock.date());
    this.#list = record?.list ?? null;
    this.#lookups = new Map(record?.lookups);
    return note;
  }

  facts(model: string): ModelFacts | null {
    return this.#list?.models.get(model) ?? this.#lookups.get(model)?.facts ?? null;
  }

  /** True only where the provider has said so: a date that is over, or a complete list and a search that both lack the model. */
  isGone(model: string): boolean {
    const facts = this.facts(model);
    if (facts) return this.#isOver(facts);
    const lookup = this.#lookups.get(model);
    return this.#list !== null && lookup !== undefined && this.#isFresh(lookup.asked_at) && !NEVER_LISTED.test(model);
  }

  /** Those of the list that are in service. */
  living(): ModelFacts[] {
    return [...(this.#list?.models.values() ?? [])].filter((facts) => !this.#isOver(facts));
  }

  /** True when something about these models is missing or old, and can be asked for. */
  isDue(models: readonly string[]): boolean {
    if (this.#deps.source === null) return false;
    return this.#listIsDue() || models.some((model) => this.#lookupIsDue(model));
  }

  /** Asks for the list where it is due, or wished for anew, and keeps it. Returns why it did not come. Never throws. */
  async refreshList(anew: boolean): Promise<ListFailure | null> {
    const { source } = this.#deps;
    if (source === null || !(anew || this.#listIsDue())) return null;
    this.#fetching ??= this.#fetchList(source).finally(() => {
      this.#fetching = null;
    });
    return this.#fetching;
  }

  /** Asks for what is due, and keeps it. Returns why something is still missing, null when all came. Never throws. */
  async refresh(models: readonly string[]): Promise<string | null> {
    const { source, signal } = this.#deps;
    if (source === null) return null;
    const failed = await this.refreshList(false);
    if (failed !== null) return failed.message;
    const due = [...new Set(models)].filter((model) => this.#lookupIsDue(model));
    if (due.length === 0 || signal.aborted) return null;
    const failures = await Promise.all(due.map((model) => this.#lookUp(source, model)));
    if (failures.some((failed) => failed === null)) this.#keep();
    return failures.find((failed) => failed !== null) ?? null;
  }

  async #fetchList(source: ModelSource): Promise<ListFailure | null> {
    const { provider, clock, signal } = this.#deps;
    const answer = await source.fetchList(provider, signal);
    if ('failed' in answer) {
      this.#failedAt = clock.now();
      return { message: answer.failed, code: answer.code ?? 'provider_error' };
    }
    this.#list = { fetched_at: clock.date().toISOString(), models: new Map(answer.told.map((facts) => [facts.id, facts])) };
    this.#keep();
    return null;
  }

  #lookUp(source: ModelSource, model: string): Promise<string | null> {
    const asking = this.#asking.get(model) ?? this.#ask(source, model).finally(() => this.#asking.delete(model));
    this.#asking.set(model, asking);
    return asking;
  }

  async #ask(source: ModelSource, model: string): Promise<string | null> {
    const { provider, clock, signal } = this.#deps;
    const answer = await source.fetchModel(provider, model, signal);
    if ('failed' in answer) return answer.failed;
    if (answer.told === null) {
      this.#proof ??= this.#tellsSingles(source);
      if (!(await this.#proof)) return `${provider.name} tells nothing of single models`;
    }
    this.#remember(model, { asked_at: clock.date().toISOString(), facts: answer.told });
    return null;
  }

  /** Names that nobody has are forgotten first, the oldest of them before the others. */
  #remember(model: string, lookup: ModelLookup): void {
    this.#lookups.delete(model);
    this.#lookups.set(model, lookup);
    if (this.#lookups.size <= MAX_LOOKUPS) return;
    const [oldest] = this.#lookups.keys();
    const nobody = [...this.#lookups].find(([, { facts }]) => facts === null)?.[0];
    this.#lookups.delete(nobody ?? (oldest as string));
  }

  /**
   * A proxy may have the list and no page of single models, where a model that is not there looks like a page that is
   * not there. The provider is believed when it tells of a model that is on its list.
   */
  async #tellsSingles(source: ModelSource): Promise<boolean> {
    const { provider, signal } = this.#deps;
    if ([...this.#lookups.values()].some((lookup) => lookup.facts !== null)) return true;
    const [listed] = this.living();
    const answer = listed === undefined ? null : await source.fetchModel(provider, listed.id, signal);
    const tells = answer !== null && 'told' in answer && answer.told !== null;
    this.#noSingles = !tells;
    return tells;
  }

  #listIsDue(): boolean {
    const { clock } = this.#deps;
    if (this.#list && this.#isFresh(this.#list.fetched_at)) return false;
    return this.#failedAt === null || clock.now() - this.#failedAt >= PAUSE_AFTER_FAILURE;
  }

  #lookupIsDue(model: string): boolean {
    if (this.#deps.provider.dialect !== 'openrouter' || this.#noSingles || this.#list?.models.has(model) !== false) return false;
    const lookup = this.#lookups.get(model);
    return lookup === undefined || !this.#isFresh(lookup.asked_at);
  }

  #isFresh(iso: string): boolean {
    return this.#deps.clock.date().getTime() - Date.parse(iso) < PRICE_LIST.freshFor;
  }

  /** The date is the last day on which a model can be counted on. */
  #isOver({ expires }: ModelFacts): boolean {
    if (expires === null) return false;
    const end = Date.parse(expires) + (/^\d{4}-\d\d-\d\d$/.test(expires) ? DAY : 0);
    return end <= this.#deps.clock.date().getTime();
  }

  #keep(): void {
    const { shelf, provider } = this.#deps;
    shelf.save(provider.name, provider.baseUrl, { list: this.#list, lookups: this.#lookups });
  }
}

import { LRUCache } from 'lru-cache';
import type { PreparedCatalog } from '../../client/models/catalog.js';
import { unlockMixture } from '../../config/keys/unlock.js';
import type { LoadedConfig } from '../../config/load.js';
import { mixtureNames } from '../../config/mixture/recipe.js';
import { resolveMixture } from '../../config/mixture/resolve.js';
import { DEFAULT_PROVIDER } from '../../config/providers/known.js';
import { type Probe, probeModels } from '../../config/providers/local.js';
import type { MixtureChoice } from '../../config/wishes.js';
import { MomError } from '../../core/error.js';
import type { Provider } from '../../core/model.js';
import { lookUp } from '../models/listed.js';
import { readName } from './served-names.js';
import type { Target } from './service.js';

/** Names whose meaning is kept; clients may make up any number of them. */
const MAX_TARGETS = 1_000;

/** What depends on others, such as the models of a local server, is looked at again after so many milliseconds. */
const RECHECK = 60_000;

/** What a local server said is believed for so many milliseconds: many requests may fail at once. */
const PROBE_KEPT = 5_000;

type Reader = NonNullable<MixtureChoice['gateway']>;

export interface TargetDeps {
  config: LoadedConfig;
  catalog: PreparedCatalog;
  /** By name; those that can't be used at all are missing. */
  providers: ReadonlyMap<string, Provider>;
  /** The default one, where it is not the configured one. */
  mixture: string | undefined;
  sandbox: boolean;
  signal: AbortSignal;
}

/** What the names mean that clients ask for. */
export class Targets {
  readonly #deps: TargetDeps;
  readonly #mixtures: readonly string[];
  readonly #known = new LRUCache<string, Promise<Target>>({ max: MAX_TARGETS });
  readonly #probed = new LRUCache<string, Promise<string[]>>({ max: 10, ttl: PROBE_KEPT });

  constructor(deps: TargetDeps) {
    this.#deps = deps;
    this.#mixtures = mixtureNames(deps.config);
  }

  get mixtures(): readonly string[] {
    return this.#mixtures;
  }

  /** @throws MomError `model_unknown` when nobody has the name, else what is wrong with its configuration or key */
  find(name: string, reader: Reader): Promise<Target> {
    const id = `${reader} ${name}`;
    const known = this.#known.get(id);
    if (known) return known;
    let isPassing = false;
    const made = this.#make(name, reader, () => {
      isPassing = true;
    });
    this.#known.set(id, made);
    made.then(
      () => isPassing && this.#known.set(id, made, { ttl: RECHECK }),
      () => this.#known.delete(id),
    );
    return made;
  }

  /** @param passing called when the meaning of the name may change */
  async #make(name: string, reader: Reader, passing: () => void): Promise<Target> {
    const asked = readName(name, this.#mixtures);
    const choice = { mixture: this.#deps.mixture, gateway: reader, sandbox: this.#deps.sandbox };
    const probe: Probe = (baseUrl) => {
      passing();
      return this.#probe(baseUrl);
    };
    if ('model' in asked) {
      passing();
      return this.#passedOn(name, { ...choice, models: [asked.model], strategy: 'single', verify: false, refine: 0 }, probe);
    }
    const { mixture = choice.mixture, strategy } = { mixture: asked.mixture ?? undefined, strategy: asked.strategy };
    const resolved = await resolveMixture(this.#deps.config, { ...choice, mixture, strategy: strategy ?? undefined }, probe);
    await unlockMixture(this.#deps.config, resolved, this.#deps.signal);
    return {
      mixture: resolved.mixture,
      isPassedOn: false,
      // `auto` asks that one be chosen.
      namesStrategy: strategy !== null && strategy !== 'auto',
      warnings: resolved.warnings,
    };
  }

  async #passedOn(name: string, choice: MixtureChoice, probe: Probe): Promise<Target> {
    const resolved = await resolveMixture(this.#deps.config, choice, probe);
    await unlockMixture(this.#deps.config, resolved, this.#deps.signal);
    const { mixture, warnings } = resolved;
    const { single } = mixture;
    const { catalog, providers, signal } = this.#deps;
    if (single && (await lookUp(catalog, providers.get(single.provider), single, signal)) === 'missing') {
      const nearest = catalog.nearest(single.provider, single.model, () => true);
      const written = single.provider === DEFAULT_PROVIDER ? nearest : `${single.provider}:${nearest}`;
      throw new MomError('model_unknown', `there is no model '${name}': ${single.provider} has none of this id`, {
        hint: nearest === null ? "`mom` is the default mixture; GET /v1/models lists mom's names" : `did you mean '${written}'?`,
      });
    }
    // The model as it is: what the default mixture says of its members is not meant for it.
    const plain = single && { ...single, role: null, params: {} };
    return { mixture: { ...mixture, single: plain }, isPassedOn: true, namesStrategy: true, warnings };
  }

  #probe(baseUrl: string): Promise<string[]> {
    const kept = this.#probed.get(baseUrl);
    if (kept) return kept;
    const asked = probeModels(baseUrl);
    this.#probed.set(baseUrl, asked);
    return asked;
  }
}

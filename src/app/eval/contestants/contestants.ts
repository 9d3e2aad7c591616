import { unlockMixture } from '../../../config/keys/unlock.js';
import type { LoadedConfig } from '../../../config/load.js';
import { type ResolvedMixture, resolveMixture } from '../../../config/mixture/resolve.js';
import type { MixtureChoice } from '../../../config/wishes.js';
import type { Contestant } from '../../../core/eval/contestant.js';
import type { EvalPlan } from '../../../core/eval/plan.js';
import type { Member, Mixture } from '../../../core/mixture.js';
import type { Provider } from '../../../core/model.js';
import type { Warning } from '../../../core/run.js';
import { modelName, plainModel } from './plain.js';
import { nameOf, type WantedMixture, wantedMixtures } from './wanted.js';

interface ContestantDeps {
  config: LoadedConfig;
  sandbox: boolean;
  /** Nobody will be asked: no command is run for a key. */
  planOnly: boolean;
  signal: AbortSignal;
}

/** Everybody who takes part from the beginning, in the order in which they are asked: mixtures, models, members. */
export interface Panel {
  contestants: readonly Contestant[];
  /** Those that they use. */
  providers: readonly Provider[];
  warnings: readonly Warning[];
}

/** @throws MomError for unknown names, a wrong configuration or a missing key, as `mom ask` does */
export async function openPanel(deps: ContestantDeps, plan: EvalPlan): Promise<Panel> {
  const resolver = new Resolver(deps);
  const mixtures: Contestant[] = [];
  const members: Member[] = [];
  for (const wanted of wantedMixtures(deps.config, plan)) {
    const mixture = await resolver.mixture(wanted);
    mixtures.push(contestant(nameOf(wanted), 'mixture', mixture));
    if (plan.members) members.push(...answering(mixture), ...(await resolver.configuredSingle(wanted.mixture)));
  }
  const models = await Promise.all(plan.models.map((id) => resolver.model(id)));
  const alone = await Promise.all(members.map((member) => resolver.member(member)));
  const contestants = [
    ...mixtures,
    ...models.map((mixture) => contestant(soleName(mixture), 'model', mixture)),
    ...alone.map((mixture) => contestant(soleName(mixture), 'member', mixture)),
  ];
  return { contestants: distinct(contestants), providers: resolver.providers, warnings: resolver.warnings };
}

function contestant(name: string, role: Contestant['role'], mixture: Mixture): Contestant {
  return { name, role, mixture, samples: null, matches: [] };
}

function soleName({ single, name }: Mixture): string {
  return single ? modelName(single) : name;
}

/** A model that takes part under its own name, or as the only one of a mixture, does not do so once more as a member. */
function distinct(contestants: readonly Contestant[]): Contestant[] {
  const names = new Set<string>();
  const soles = new Set<string>();
  return contestants.filter(({ name, role, mixture }) => {
    const sole = mixture?.strategy === 'single' ? soleName(mixture) : null;
    if (names.has(name) || (role === 'member' && sole !== null && soles.has(sole))) return false;
    names.add(name);
    if (sole !== null) soles.add(sole);
    return true;
  });
}

/** Everyone who answers the question itself, also in the mixtures that `auto` leads to. */
function answering({ proposers, single, auto }: Mixture): Member[] {
  return [...proposers, ...(single ? [single] : []), ...Object.values(auto.routes).flatMap(answering)];
}

/** Makes mixtures of names, with the keys that they need. */
class Resolver {
  readonly providers: Provider[] = [];
  readonly warnings: Warning[] = [];
  readonly #deps: ContestantDeps;
  readonly #plain = new Map<string, Promise<Mixture>>();

  constructor(deps: ContestantDeps) {
    this.#deps = deps;
  }

  async mixture({ mixture, strategy }: WantedMixture): Promise<Mixture> {
    const resolved = await this.#resolve({ mixture, ...(strategy === null ? {} : { strategy }) });
    return resolved.mixture;
  }

  /** The model that the file names for questions that one model answers; none where it names none. */
  async configuredSingle(mixture: string): Promise<Member[]> {
    const mixtures = this.#deps.config.values.mixtures ?? {};
    if (!Object.hasOwn(mixtures, mixture) || mixtures[mixture]?.single === undefined) return [];
    const { single } = (await this.#resolve({ mixture, strategy: 'single' })).mixture;
    return single ? [single] : [];
  }

  async model(id: string): Promise<Mixture> {
    const { mixture } = await this.#resolve({ models: [id], strategy: 'single', verify: false, refine: 0 });
    return mixture.single ? plainModel(mixture, mixture.single) : mixture;
  }

  member(member: Member): Promise<Mixture> {
    const id = `${member.provider}:${member.model}`;
    const known = this.#plain.get(id) ?? this.model(id).then((mixture) => plainModel(mixture, member));
    this.#plain.set(id, known);
    return known;
  }

  async #resolve(choice: MixtureChoice): Promise<ResolvedMixture> {
    const { config, sandbox, planOnly, signal } = this.#deps;
    const resolved = await resolveMixture(config, { ...choice, sandbox });
    // A plan asks nobody.
    if (!planOnly) await unlockMixture(config, resolved, signal);
    this.providers.push(...resolved.providers);
    for (const warning of resolved.warnings) {
      if (!this.warnings.some(({ message }) => message === warning.message)) this.warnings.push(warning);
    }
    return resolved;
  }
}

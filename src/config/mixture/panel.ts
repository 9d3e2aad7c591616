import { DEFAULT_TIMEOUTS, SELF_SAMPLES, type Timeouts } from '../../core/limits.js';
import type { Member, StrategyName } from '../../core/mixture.js';
import type { Path } from '../files/tree.js';
import type { LoadedConfig } from '../load.js';
import type { MemberConfig } from '../schema/schema.js';
import type { MixtureChoice } from '../wishes.js';
import { type MemberDefaults, mergeTimeouts, resolveMember, resolveRole } from './members.js';
import type { Recipe } from './recipe.js';
import type { MakeMember } from './rules.js';

/** Everyone a mixture may ask, as its strategy needs them. */
export interface Panel {
  proposers: Member[];
  critics: Member[];
  single: Member | null;
  /** Only for strategy cascade; empty where none are configured. */
  tiers: Member[][];
}

/** An entry and the place it comes from. */
interface Entry {
  entry: MemberConfig;
  at: Path;
}

/** Makes the members of one mixture: flags win over its recipe. */
export class PanelMaker {
  readonly timeouts: Timeouts;
  readonly #config: LoadedConfig;
  readonly #choice: MixtureChoice;
  readonly #recipe: Recipe;
  readonly #path: Path;
  readonly #defaults: MemberDefaults;
  readonly #role: { flag: Member['role']; common: Member['role'] };

  constructor(config: LoadedConfig, choice: MixtureChoice, recipe: Recipe) {
    this.#config = config;
    this.#choice = choice;
    this.#recipe = recipe;
    this.#path = ['mixtures', recipe.name];
    this.timeouts = mergeTimeouts(mergeTimeouts({ ...DEFAULT_TIMEOUTS }, config.values.timeouts), recipe.config.timeouts);
    this.#defaults = { mixture: recipe.config, timeouts: this.timeouts, callTimeout: choice.callTimeout };
    this.#role = {
      flag: choice.role === undefined ? null : resolveRole(config, choice.role, null),
      common: recipe.config.role === undefined ? null : resolveRole(config, recipe.config.role, [...this.#path, 'role']),
    };
  }

  /** A member that is no proposer: it has no role but its own. */
  readonly make: MakeMember = (entry, id, at) => resolveMember(this.#config, entry, id, at, this.#defaults, null);

  /** @param withSingle also where the strategy itself asks no single model */
  panel(strategy: StrategyName, withSingle: boolean): Panel {
    if (strategy === 'single') return { proposers: [], critics: this.#checkers(), single: this.#single(), tiers: [] };
    const single = withSingle ? this.#single() : null;
    if (strategy === 'self') return { ...this.#samples(), single, tiers: [] };
    const tiers = strategy === 'cascade' && !this.#named() ? this.#tiers() : [];
    const proposers = tiers.length > 0 ? tiers.flat() : this.#proposers();
    return { proposers, critics: this.#critics(this.#criticEntries()), single, tiers };
  }

  #named(): readonly string[] | null {
    return this.#choice.models?.length ? this.#choice.models : null;
  }

  #proposer({ entry, at }: Entry, index: number): Member {
    const member = resolveMember(this.#config, entry, `p${index + 1}`, at, this.#defaults, this.#role.common);
    return this.#role.flag ? { ...member, role: this.#role.flag } : member;
  }

  #proposers(): Member[] {
    const named = this.#named();
    const entries: readonly MemberConfig[] = named ?? this.#recipe.proposers;
    return entries.map((entry, i) => this.#proposer({ entry, at: named ? ['--model'] : [...this.#path, 'proposers', i] }, i));
  }

  #tiers(): Member[][] {
    let count = 0;
    return (this.#recipe.config.tiers ?? []).map((tier, i) =>
      tier.map((entry, j) => this.#proposer({ entry, at: [...this.#path, 'tiers', i, j] }, count++)),
    );
  }

  #criticEntries(): Entry[] {
    const named = this.#choice.critics?.length ? this.#choice.critics : null;
    const isList = Array.isArray(this.#recipe.config.critic);
    const at = (index: number): Path => (named ? ['--critic'] : [...this.#path, 'critic', ...(isList ? [index] : [])]);
    return (named ?? this.#recipe.critics).map((entry, index) => ({ entry, at: at(index) }));
  }

  /** Beside a single model only a check needs others, who may be of another family. */
  #checkers(): Member[] {
    const verify = this.#choice.verify ?? this.#recipe.config.verify ?? false;
    return verify === false || this.#named() ? [] : this.#critics(this.#criticEntries());
  }

  #critics(entries: readonly Entry[]): Member[] {
    return this.#choice.noCritic ? [] : entries.map(({ entry, at }, index) => this.make(entry, `c${index + 1}`, at));
  }

  /** The model named with -m or --critic, else `single:`, else the first critic. */
  #single(): Member | null {
    const named = this.#named();
    const [critic] = this.#criticEntries();
    const configured = this.#configuredSingle();
    const chosen =
      (named && { entry: named[0] as string, at: ['--model'] }) ??
      (this.#choice.critics?.length ? critic : null) ??
      configured ??
      (this.#choice.noCritic ? null : critic) ??
      this.#firstProposer();
    if (!chosen) return null;
    return { ...this.#proposer(chosen, 0), id: 's1' };
  }

  #configuredSingle(): Entry | null {
    const entry = this.#recipe.config.single;
    return entry === undefined ? null : { entry, at: [...this.#path, 'single'] };
  }

  #firstProposer(): Entry | null {
    const [entry] = this.#recipe.proposers;
    return entry === undefined ? null : { entry, at: [...this.#path, 'proposers', 0] };
  }

  /** False for a critic that only the built-in mixture of this name has, beside a `single:` of the user's. */
  #hasOwnCritic(): boolean {
    const { single, critic } = this.#recipe.config;
    const isBuiltIn = this.#config.source([...this.#path, 'critic'])?.kind === 'built-in';
    return critic !== undefined && !(isBuiltIn && single !== undefined);
  }

  /** Copies of one model: the one named, else `single:`, else the first critic. Who has no other critic is its own. */
  #samples(): Pick<Panel, 'proposers' | 'critics'> {
    const named = this.#named();
    const inRecipe = this.#recipe.critics[0];
    const critics = this.#criticEntries();
    const sampled: Entry | null =
      (named && { entry: named[0] as string, at: ['--model'] }) ??
      this.#configuredSingle() ??
      (inRecipe === undefined
        ? this.#firstProposer()
        : { entry: inRecipe, at: [...this.#path, 'critic', ...(Array.isArray(this.#recipe.config.critic) ? [0] : [])] });
    if (!sampled) return { proposers: [], critics: [] };
    const count = this.#recipe.config.samples ?? SELF_SAMPLES.default;
    const hasOther = Boolean(this.#choice.critics?.length) || (named === null && this.#hasOwnCritic());
    return {
      proposers: Array.from({ length: count }, (_, index) => this.#proposer(sampled, index)),
      critics: this.#critics(hasOther ? critics : [sampled]),
    };
  }
}

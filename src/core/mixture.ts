import type { ExtractRule } from './extract/rule.js';
import type { Timeouts } from './limits.js';
import type { Privacy, SamplingParams } from './model.js';

/** What the user may ask for; `auto` picks one of the others. */
export const STRATEGIES = ['single', 'fuse', 'self', 'vote', 'select', 'cascade', 'deep', 'auto'] as const;
export type StrategyName = (typeof STRATEGIES)[number];
/** What a run can do. */
export type RunStrategy = Exclude<StrategyName, 'auto'>;

/** One model of a mixture with all its settings resolved. */
export interface Member {
  /**
   * Unique in the mixture: `p1`, `p2`, … for proposers, `c1`, … for critics, `a1`, … for aggregators, `s1` for the
   * single model, `v1` for the verifier, `r1` for the classifier.
   */
  id: string;
  provider: string;
  model: string;
  family: string;
  /** How much its vote counts; 1 by default. */
  weight: number;
  /** Name of a role, and the system text it stands for. */
  role: { name: string; text: string } | null;
  /** Waited for until its own limit, whatever the quorum says. */
  required: boolean;
  params: SamplingParams;
  extraBody: Record<string, unknown>;
  privacy: Privacy;
  timeouts: Timeouts;
  /** Context in tokens where the config says it. */
  context: number | null;
}

/** A cap in US dollars. One the user set does not let unknown prices pass. */
export interface Cap {
  usd: number;
  setByUser: boolean;
}

/** How the strategies of a mixture work in detail. */
export interface StrategyRules {
  vote: {
    /** Proposers that start together; null: the fewest that can settle it. */
    start: number | null;
    extract: ExtractRule;
  };
  select: {
    /** The judge looks again at the candidates in reversed order. */
    secondLook: boolean;
  };
  cascade: {
    /** From cheap to strong; empty: the proposers, then the critic. The members are the mixture's proposers. */
    tiers: readonly (readonly Member[])[];
    /** Geometric mean of the token probabilities from which one answer is believed; null: not looked at. */
    confidence: number | null;
  };
  layers: {
    /** Proposers, aggregators and the final synthesis: 2 to 5. Null: not configured, then `deep` has 3. */
    count: number | null;
    /** What a layer above the second reads of the one below. */
    carry: 'full' | 'gaps';
    /** Who works in the middle layers; empty: the proposers again. */
    aggregators: readonly Member[];
  };
}

export const DEFAULT_RULES: StrategyRules = {
  vote: { start: null, extract: 'auto' },
  select: { secondLook: false },
  cascade: { tiers: [], confidence: null },
  layers: { count: null, carry: 'gaps', aggregators: [] },
};

/** Chain of verification after an answer is there. */
export interface VerifyRule {
  /** Check questions at most, 1 to 5. */
  questions: number;
  /** Who answers them; null: a member of another family than the writer's. */
  verifier: Member | null;
  /** What a stream shows: the repaired text only, or the draft with a correction at its end. */
  show: 'repaired' | 'draft';
}

/** What `auto` may find out about a request. */
export const ROUTES = ['simple', 'medium', 'complex', 'code', 'writing', 'analysis', 'math', 'other'] as const;
export type RouteName = (typeof ROUTES)[number];

export interface AutoRule {
  /** Asked when the rules that cost nothing don't decide; null: then nobody is asked. */
  classifier: Member | null;
  /** Mixtures for what was found out. */
  routes: Partial<Record<RouteName, Mixture>>;
}

/** A recipe with every default filled in: what the engine needs to know before it sees the request. */
export interface Mixture {
  name: string;
  proposers: Member[];
  /** In order of preference; may be empty (proposals only). */
  critics: Member[];
  single: Member | null;
  strategy: StrategyName;
  /** False where the strategy is a default that nobody chose. */
  strategyChosen: boolean;
  rules: StrategyRules;
  auto: AutoRule;
  verify: VerifyRule | null;
  /** Rounds in which the proposers supplement and correct the answer. */
  refine: number;
  /** Usable proposals that start the grace clock; counts where all proposers are asked together. */
  quorum: number;
  minAnswers: number;
  grace: number | 'auto';
  /** Milliseconds for the whole run. */
  runTimeout: number;
  /** Retries of one call. */
  retries: number;
  maxCost: Cap | null;
  /** Output in tokens that a call without `max_tokens` is expected to have at most. */
  expectedOutput: number;
  /** Calls of unknown price may be made under a cap of the user's. */
  allowUnknownPrice: boolean;
}

/** The default quorum of n proposers: all but one from three on. */
export function defaultQuorum(n: number): number {
  return n >= 3 ? n - 1 : n;
}

/** Who answers the question on their own: the proposers, or the one that is asked alone. */
export function answerersOf({ proposers, single, strategy }: Mixture): readonly Member[] {
  return strategy === 'single' && single !== null ? [single] : proposers;
}

/** Everyone whom the mixture, or one that `auto` leads to, may ask. */
export function membersOf({ proposers, critics, single, rules, verify, auto }: Mixture): Member[] {
  const others = [single, verify?.verifier, auto.classifier].filter((member) => member != null);
  return [...proposers, ...critics, ...rules.layers.aggregators, ...others, ...Object.values(auto.routes).flatMap(membersOf)];
}

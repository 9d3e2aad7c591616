import type { SemanticRule } from '../core/answer-cache.js';
import type { Prices } from '../core/catalog.js';

/**
 * What doors hand in and get back, apart from the schema: a program that uses the library type-checks without any other package.
 */
export type Env = Readonly<Record<string, string | undefined>>;

/** One option set on the command line. */
export interface Override {
  /** `mixtures.default.quorum`; names with dots in double quotes. */
  path: string;
  value: unknown;
  /** The flag, for messages: `--set`. */
  flag: string;
}

/** What the user asked for with flags. Durations in milliseconds, money in US dollars. */
export interface MixtureChoice {
  mixture?: string | undefined;
  /** Replace the proposers; a repeated id is a second sample. */
  models?: readonly string[] | undefined;
  critics?: readonly string[] | undefined;
  noCritic?: boolean | undefined;
  strategy?: string | undefined;
  quorum?: number | undefined;
  minAnswers?: number | undefined;
  grace?: number | 'auto' | undefined;
  runTimeout?: number | undefined;
  callTimeout?: number | undefined;
  retries?: number | undefined;
  maxCost?: number | undefined;
  role?: string | undefined;
  verify?: boolean | undefined;
  refine?: number | undefined;
  /** Layers of `deep`. */
  layers?: number | undefined;
  /** No key is needed, and nothing of the providers' settings is read. */
  sandbox?: boolean | undefined;
}

/** What the doors need to know beside the mixture. */
export interface Settings {
  log: boolean;
  debugRequests: boolean;
  /** An absolute path. */
  debugDir: string;
  /** Null: no answers are kept. Time in milliseconds. */
  cache: { ttl: number; maxSize: number; semantic: SemanticRule | null } | null;
  /** US dollars. */
  budget: { day: number | null; month: number | null };
  /** By model id, or provider:id. */
  pricing: Readonly<Record<string, Prices>>;
}
